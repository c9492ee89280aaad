"""Names as one meets them in a Danish municipality, put together at random: nobody real is meant."""

from __future__ import annotations

_GIVEN = (
    "Agnete Ahmed Aisha Alberte Amalie Amina Anders Anja Annette Arne Asger Astrid Ayse Bente Birgit Bjarne Bo Britta "
    "Camilla Carsten Charlotte Christian Claus Dennis Dina Ditte Ebbe Elif Ellen Emil Erik Esben Eva Fatima Finn "
    "Freja Frederik Gitte Gunnar Hamza Hanne Hassan Heidi Helle Henrik Ida Inge Ingrid Irina Jakob Jamila Jan "
    "Jasmin Jens Jesper Johanne Jonas Josefine Julie Kamilla Karsten Kasper Katrine Khadija Kim Kirsten Klaus Lars "
    "Laura Leila Lene Lis Lise Louise Mads Malene Maria Marianne Martin Mathilde Mehmet Mette Michael Mikkel Mona "
    "Morten Mustafa Nadia Nanna Natasja Niels Nina Oliver Omar Ole Palle Pernille Peter Pia Poul Rasmus Rikke Rune "
    "Samira Sanne Selma Signe Simon Sofie Stine Susanne Svend Thea Thomas Tina Tobias Torben Trine Tuan Ulla Vibeke "
    "Victor Winnie Yasin Yusuf Zahra Åse Øyvind"
)
_FAMILY = (
    "Abdi Aktas Ali Andersen Bach Berg Bertelsen Bjerre Brandt Bruun Christensen Dam Demir Ditlevsen Eriksen Farah "
    "Frandsen Frost Gade Haddad Hansen Hassan Hedegaard Henriksen Hussein Højgaard Ibsen Iversen Jacobsen Jensen "
    "Jeppesen Jessen Johansen Juhl Jørgensen Kaya Kjær Klausen Knudsen Koch Kofoed Kristensen Lam Larsen Lauritsen "
    "Lund Madsen Mikkelsen Mohamed Mortensen Møller Nguyen Nielsen Nissen Nygaard Olesen Olsen Overgaard Pedersen "
    "Petersen Poulsen Rahimi Rasmussen Ravn Riis Saleh Schmidt Schou Simonsen Skov Steffensen Svendsen Søndergaard "
    "Sørensen Thomsen Toft Tran Vestergaard Villadsen Vinther Winther Yildiz Østergaard Aagaard"
)
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "."})


def username_of(name: str) -> str:
    """Write a name as a user name: small letters without Danish ones, a dot between."""
    return name.lower().translate(_LETTERS)
