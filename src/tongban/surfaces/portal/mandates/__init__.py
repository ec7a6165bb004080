"""亲友代办: giving a mandate, asking for one, answering, seeing what was done, and being a guardian."""
