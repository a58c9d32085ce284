"""Runs the scripts of a repository one after the other, as each team would, then tidies the registry up.

Run by the Python of `.venv-tools` in the repository, with MLFLOW_TRACKING_URI; TRAININGS: per folder what its train.py
is to train. One process, as it takes longer to load MLflow than to use it.
"""

import json
import os
import runpy
import sys
from pathlib import Path

TRAININGS = json.loads(os.environ["TRAININGS"])
for folder, told in TRAININGS.items():
    script = f"{folder}/train.py"
    sys.argv = [script]
    os.environ["TRAININGS"] = json.dumps(told)
    runpy.run_path(script, run_name="__main__")
runpy.run_path(str(Path(__file__).with_name("registry.py")), run_name="__main__")
