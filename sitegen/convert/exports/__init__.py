"""What exports of publishing services share: bodies with every block kept, galleries, footnotes, cards."""
