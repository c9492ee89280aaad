"""A municipality to try Involver in: real units, made-up people, and cases with a history that looks like life."""
