package options

// restores reports whether the recipe makes float32 models.
func (s *settings) restores() bool { return s.other != nil && s.other.restore }

// checkRestoring checks the settings of the recipe for float32, which has no others.
func (s *settings) checkRestoring() error {
	if len(s.int8Only) > 0 {
		return errorf(s.int8Only[0], "not for the recipe %s, which makes all constants float32: remove it", s.other.name)
	}
	if len(s.Rules) > 0 {
		return errorf("--"+keepFlag+", --"+onlyFlag+" or --"+ruleFlag, "not for the recipe %s, which makes all constants float32: remove it", s.other.name)
	}
	return nil
}
