"""Where the embedded CJK font lies: Noto Sans SC, fetched by ``make assets`` and not kept in the repository."""

from pathlib import Path

CJK_FONT = Path(__file__).resolve().parents[1] / "surfaces" / "shared" / "fonts" / "NotoSansSC_400Regular.ttf"
