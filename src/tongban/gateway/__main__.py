"""``python -m tongban.gateway``: the gateway alone, without the rest of the installation."""

from tongban.gateway.serve import serve
from tongban.runtime.settings import current

if __name__ == "__main__":
    serve(current())
