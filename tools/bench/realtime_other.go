//go:build !linux

package main

import "errors"

func setRealTime(bool) error { return errors.New("--realtime: it is for Linux") }
