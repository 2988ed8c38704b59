package sqlstore

// Nearsighted makes lists look at a dozen keys only, so that a small store shows what a large one does.
func (s *Store) Nearsighted() { s.look = look{stretch: 3, window: 12} }
