"""Pages, by what people do there."""
