#!/usr/bin/env python
"""Packaging of analytical; the settings of the tools are in setup.cfg and tox.ini."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

from setuptools import find_packages, setup

HERE = os.path.dirname(os.path.abspath(__file__))


def read(*path):
    """Read a text file of this project."""
    with io.open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()


# Read rather than imported: the dependencies are not there yet while the package is built.
VERSION = re.search(
    r"^__version__ = [\"']([^\"']+)[\"']$", read("analytical", "__init__.py"), re.M
).group(1)

setup(
    name="analytical",
    version=VERSION,
    description="Server-side analytics: pageviews and events from Python to any platform",
    long_description=read("README.rst"),
    long_description_content_type="text/x-rst",
    author="Read the Docs, Inc.",
    author_email="dev@readthedocs.org",
    url="https://github.com/rtfd/analytical",
    project_urls={
        "Documentation": "https://analytical.readthedocs.io",
        "Source": "https://github.com/rtfd/analytical",
        "Issues": "https://github.com/rtfd/analytical/issues",
    },
    license="MIT",
    keywords="analytics donottrack privacy",
    packages=find_packages(include=["analytical", "analytical.*"]),
    package_data={
        "analytical": ["py.typed"],
        "analytical.report": ["*.css", "*.html", "*.js", "vendor/*"],
    },
    zip_safe=False,  # type checkers find py.typed only in a folder
    python_requires=">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*",
    install_requires=[
        "requests",
        "user-agents",
        "six",
        "ipaddress; python_version<'3.3'",
    ],
    extras_require={
        "bots": ["crawler-user-agents; python_version>='3.9'"],
        "celery": ["celery"],
        "fast": [
            "orjson; python_version>='3.6' and implementation_name=='cpython'",
            "ua-parser-rs; python_version>='3.10' and implementation_name=='cpython'",
        ],
        "google": ["google-auth; python_version>='3.6'"],
        "parquet": ["pyarrow; python_version>='3.9' and implementation_name=='cpython'"],
        "progress": ["tqdm"],
        "report": ["jinja2"],
        "test": [
            "pytest",
            "hypothesis",
            "jinja2",
            "responses",
            # PyPy: the last release that needs no cryptography, which has no wheel for every PyPy.
            "google-auth; python_version>='3.8' and implementation_name=='cpython'",
            "google-auth<2.40; python_version>='3.8' and implementation_name=='pypy'",
            "mock; python_version<'3.3'",
        ],
        "zstd": ["backports.zstd; python_version>='3.9' and python_version<'3.14'"],
    },
    entry_points={
        "console_scripts": ["analytical = analytical.cli:main"],
        "pytest11": ["analytical = analytical.pytest_plugin"],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        "Programming Language :: Python",
        "Programming Language :: Python :: 2",
        "Programming Language :: Python :: 2.7",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.5",
        "Programming Language :: Python :: 3.6",
        "Programming Language :: Python :: 3.7",
        "Programming Language :: Python :: 3.8",
        "Programming Language :: Python :: 3.9",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: Implementation :: CPython",
        "Programming Language :: Python :: Implementation :: PyPy",
        "Topic :: Internet :: WWW/HTTP",
        "Topic :: Internet :: WWW/HTTP :: Site Management",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Typing :: Typed",
    ],
)
