package savedmodel

import (
	"encoding/binary"
	"errors"
	"math"
)

var errMalformed = errors.New("not a valid SavedModel: want the file that TensorFlow wrote, whole")

// Wire types of protocol buffers.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// fields calls f with the number and the value of each field of a message that is a
// string, bytes or a message, and passes over numbers.
func fields(message []byte, f func(number uint64, value []byte) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return errMalformed
		}
		message = message[n:]
		size, isBytes, err := sizeOf(tag&7, &message)
		if err != nil {
			return err
		}
		if size > uint64(len(message)) {
			return errMalformed
		}
		if isBytes {
			if err := f(tag>>3, message[:size]); err != nil {
				return err
			}
		}
		message = message[size:]
	}
	return nil
}

// sizeOf is the size of the value that a message goes on with, after its length
// where it has one, which is taken off the message.
func sizeOf(wireType uint64, message *[]byte) (size uint64, isBytes bool, err error) {
	switch wireType {
	case wireFixed64:
		return 8, false, nil
	case wireFixed32:
		return 4, false, nil
	case wireVarint, wireBytes:
		v, n := binary.Uvarint(*message)
		if n <= 0 || wireType == wireBytes && v > math.MaxInt {
			return 0, false, errMalformed
		}
		*message = (*message)[n:]
		if wireType == wireVarint {
			return 0, false, nil
		}
		return v, true, nil
	}
	return 0, false, errMalformed
}

// entry is the key of an entry of a map whose keys are strings.
func entry(message []byte) (key string, err error) {
	err = fields(message, func(number uint64, value []byte) error {
		if number == 1 {
			key = string(value)
		}
		return nil
	})
	return key, err
}
