// Package words tests what the command prints about real models, down to the letter.
package words
