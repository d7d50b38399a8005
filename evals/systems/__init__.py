"""What is scored: our chain in process or served, a model asked plainly, trivial floors, a folder of entries."""

from evals.systems.endpoint import Endpoint, messages_of, open_endpoint, plain_reply
from evals.systems.floors import Echo, NearestEntry, RandomEntry
from evals.systems.folder import EntryFolder, read_entry_folder
from evals.systems.opening import (
    FLOORS,
    SYSTEMS,
    asked_as,
    models_asked,
    open_system,
    require_known_prices,
    takes_plants,
)
from evals.systems.ours import NAME as OURS
from evals.systems.ours import Ours, history_of, open_ours
from evals.systems.planting import hold_copy, plant_copy, planted_entries
from evals.systems.served import Served, open_served
from evals.systems.system import Connected, System, code_hash, hash_of

__all__ = [
    "FLOORS",
    "OURS",
    "SYSTEMS",
    "Connected",
    "Echo",
    "Endpoint",
    "EntryFolder",
    "NearestEntry",
    "Ours",
    "RandomEntry",
    "Served",
    "System",
    "asked_as",
    "code_hash",
    "hash_of",
    "history_of",
    "hold_copy",
    "messages_of",
    "models_asked",
    "open_endpoint",
    "open_ours",
    "open_served",
    "open_system",
    "plain_reply",
    "plant_copy",
    "planted_entries",
    "read_entry_folder",
    "require_known_prices",
    "takes_plants",
]
