"""Libraries that licences stands on: reportlab, segno, pyHanko."""
