"""The line: log → segments of claims → graph → snapshot → tables → scores → results."""
