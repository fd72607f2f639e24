"""What the sqlite provider's file says: queries, shared by all that shows them."""

from __future__ import absolute_import, division, print_function, unicode_literals
