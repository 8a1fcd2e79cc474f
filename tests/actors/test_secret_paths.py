"""Which paths look as if they held secrets."""

from __future__ import annotations

from pathlib import Path

from actors.path_patterns import spec_of
from actors.permissions import SECRET_GLOBS, looks_secret

ROOT = Path("/srv/project")
SECRETS = (
    ".env .ENV .env.local a/.env x.pem a/b.Key c.p12 d.pfx e.kdbx id_rsa id_rsa_old id_ed25519 id_ecdsa id_dsa.bak "
    "credentials credentials.json a/secrets.yaml .netrc _netrc .npmrc .pypirc .git-credentials .htpasswd .ssh "
    ".ssh/config a/.ssh/x.pub .gnupg/x .aws/config .kube/cache/x .docker/config.json a/.Docker/config.json"
)
NO_SECRETS = (
    ". src/a env a.env .envrc x.pem.txt key id_rsa.pub id_ed25519.pub my_id_rsa credentials_test.py secrets "
    "ssh/config .docker/x config.json secret.py netrc"
)


def test_secrets_are_known_by_their_names():
    assert [path for path in SECRETS.split() if not looks_secret(ROOT / path, ROOT)] == []
    assert [path for path in NO_SECRETS.split() if looks_secret(ROOT / path, ROOT)] == []
    assert looks_secret(ROOT / "a\nb/.env", ROOT)
    assert looks_secret(Path("/home/me/.ssh/known_hosts"), ROOT)
    assert not looks_secret(Path("/home/me/.ssh/project/a"), Path("/home/me/.ssh/project"))


def test_the_globs_name_what_looks_secret_and_the_public_keys():
    spec = spec_of(SECRET_GLOBS)
    named = [path.lower() for path in SECRETS.split() if path != ".ssh"]
    assert [path for path in named if not spec.match_file(path)] == []
    assert [path for path in NO_SECRETS.split() if spec.match_file(path)] == ["id_rsa.pub", "id_ed25519.pub"]
