"""What a team does in SageMaker: it trains, registers two packages, serves both, scores a batch.

Run by the Python of `.venv-tools`: sagemaker_fill.py URL.
"""

import sys
from typing import Any

import boto3

ROLE = "arn:aws:iam::123456789012:role/sm"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1}


def main(url: str) -> None:
    """Do all of it, through the service's own calls."""
    client = boto3.client("sagemaker", endpoint_url=url, region_name="us-east-1")
    _train(client)
    client.create_model_package_group(ModelPackageGroupName="fraud")
    arns = [_register(client, number) for number in (1, 2)]
    for number, arn in enumerate(arns, 1):
        client.create_model(ModelName=f"fraud-{number}", ExecutionRoleArn=ROLE, Containers=[{"ModelPackageName": arn}])
    variants = [
        {"VariantName": f"v{n}", "ModelName": f"fraud-{n}", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large",
         "InitialVariantWeight": n} for n in (1, 2)
    ]  # fmt: skip
    client.create_endpoint_config(EndpointConfigName="fraud-cfg", ProductionVariants=variants)
    tags = [{"Key": "owner", "Value": "risk@acme.example"}]
    client.create_endpoint(EndpointName="fraud-prod", EndpointConfigName="fraud-cfg", Tags=tags)
    client.create_transform_job(
        TransformJobName="fraud-batch",
        ModelName="fraud-1",
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://acme/in"}}},
        TransformOutput={"S3OutputPath": "s3://acme/out"},
        TransformResources=RESOURCES,
    )


def _train(client: Any) -> None:
    client.create_training_job(
        TrainingJobName="fraud-train",
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://acme/train/"}},
            }
        ],
        OutputDataConfig={"S3OutputPath": "s3://acme-models/fraud"},
        ResourceConfig={**RESOURCES, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )


def _register(client: Any, number: int) -> str:
    answer = client.create_model_package(
        ModelPackageGroupName="fraud",
        InferenceSpecification={
            "Containers": [{"Image": IMAGE, "ModelDataUrl": f"s3://acme-models/fraud/{number}/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="Approved",
        CustomerMetadataProperties={"mlflow.model_version": f"fraud/{number}"},
    )
    return str(answer["ModelPackageArn"])


if __name__ == "__main__":
    main(sys.argv[1])
