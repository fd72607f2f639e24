"""Processors by their names, for addresses of providers: ``ga4://...&processors=private``."""

from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import ConfigurationError
from ..secrets import describe
from . import presets
from .addresses import anonymize_ip, remove_ip
from .agents import anonymize_user_agent
from .bots import drop_bots
from .consent import require_consent, respect_opt_out
from .urls import scrub_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Text

PRESETS = {"private": presets.private, "anonymous": presets.anonymous}  # type: Dict[Text, Any]
PLAIN = {
    "anonymize_ip": anonymize_ip,
    "anonymize_user_agent": anonymize_user_agent,
    "drop_bots": drop_bots,
    "remove_ip": remove_ip,
    "require_consent": require_consent,
    "respect_opt_out": respect_opt_out,
    "scrub_url": scrub_url,
}  # type: Dict[Text, Any]


def named(text):
    # type: (Text) -> List[Any]
    """
    Make the processors that text names: presets and processors without arguments, commas between them.

    :raises ConfigurationError: for any other text; an empty one is a mistake too, for it would let all pass
    """
    result = []  # type: List[Any]
    for name in text.split(","):
        if name.strip() in PRESETS:
            result.extend(PRESETS[name.strip()]())
        elif name.strip() in PLAIN:
            result.append(PLAIN[name.strip()]())
        else:
            raise ConfigurationError(
                "processors= as text takes names with commas between them: %s (this is %s)"
                % (", ".join(sorted(PRESETS) + sorted(PLAIN)), describe(name))
            )
    return result
