// Package machines holds tests that run the program as other processors would.
package machines
