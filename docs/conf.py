"""Settings of Sphinx; ``tox -e docs`` builds the pages and runs their examples."""

from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Last, so that an installed package is documented rather than the checkout.
sys.path.append(ROOT)
sys.path.append(os.path.join(ROOT, "docs"))

with io.open(os.path.join(ROOT, "analytical", "__init__.py"), encoding="utf-8") as module:
    release = re.search(r"^__version__ = [\"']([^\"']+)[\"']$", module.read(), re.M).group(1)

project = "analytical"
version = ".".join(release.split(".")[:2])
author = "Read the Docs, Inc. & contributors"
copyright = "2018, " + author  # noqa: A001 - the name that Sphinx reads

extensions = ["sphinx.ext.autodoc", "sphinx.ext.doctest", "sphinx.ext.extlinks", "platforms"]
extlinks = {"source": ("https://github.com/rtfd/analytical/blob/HEAD/%s", "%s")}
exclude_patterns = ["_build", "examples"]

# The docstrings say the types, in words; the type comments are for type checkers.
autodoc_typehints = "none"
autodoc_use_type_comments = False
autodoc_member_order = "bysource"

# What the examples of the docstrings take for granted, as those who read them have the name before them.
doctest_global_setup = """
from analytical.secrets import Secret
from analytical.testing import Headers
from analytical.utils import anonymize_ip_address, anonymize_user_agent
"""

# Names of our own have to resolve. Those of Python and of other packages cannot, since their
# inventories would be fetched from the network.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!analytical\b).*")]

html_theme = "furo"
html_title = "analytical " + release
html_show_sourcelink = False
