"""The figures that leaders see: counted over a period that is over, and read as they were kept then."""
