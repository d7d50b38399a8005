"""What is scored: our chain, trivial floors, a folder of entries."""

from evals.systems.floors import Echo, NearestEntry, RandomEntry
from evals.systems.folder import EntryFolder, read_entry_folder
from evals.systems.opening import FLOORS, SYSTEMS, open_system
from evals.systems.ours import Ours, history_of, open_ours
from evals.systems.planting import plant_copy, planted_entries
from evals.systems.system import Connected, System, code_hash, hash_of

__all__ = [
    "FLOORS",
    "SYSTEMS",
    "Connected",
    "Echo",
    "EntryFolder",
    "NearestEntry",
    "Ours",
    "RandomEntry",
    "System",
    "code_hash",
    "hash_of",
    "history_of",
    "open_ours",
    "open_system",
    "plant_copy",
    "planted_entries",
    "read_entry_folder",
]
