// The page without any SDK: what all others are compared with.
