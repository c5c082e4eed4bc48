"""Builds the monthly report of the shop from a settings file."""
import subprocess
import sys

import yaml


def build(path):
    with open(path, encoding="utf-8") as file:
        settings = yaml.load(file, Loader=yaml.Loader)
    return subprocess.check_output("date -d '%s'" % settings["month"], shell=True)


if __name__ == "__main__":
    print(build(sys.argv[1]))
