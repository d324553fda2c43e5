// Ranges of values.

// peak takes the maximum of the patterns without sign as integers: there a NaN is larger
// than any number, and it cannot get lost.
.macro	peak v, most
	fabs	\v\().4s, \v\().4s
	umax	\most\().4s, \most\().4s, \v\().4s
.endm
.macro	peaks_8
	ldp	q0, q1, [x0], #32
	peak	v0, v16
	peak	v1, v17
.endm
.macro	peaks_16
	ldp	q0, q1, [x0], #32
	ldp	q2, q3, [x0], #32
	peak	v0, v16
	peak	v1, v17
	peak	v2, v18
	peak	v3, v19
.endm
.macro	peaks_32
	peaks_16
	peaks_16
.endm
.macro	no_peaks
	movi	v16.4s, #0
	movi	v17.4s, #0
	movi	v18.4s, #0
	movi	v19.4s, #0
.endm
// highest_peak leaves the largest of all patterns in s16.
.macro	highest_peak
	umax	v16.4s, v16.4s, v17.4s
	umax	v18.4s, v18.4s, v19.4s
	umax	v16.4s, v16.4s, v18.4s
	umaxv	s16, v16.4s
.endm

maxAbsVector:
	lsr	x1, x1, #2
	no_peaks
	wholes	x1, 32, peaks_32
	eights	x1, peaks_8, back_4_0
	highest_peak
	fmov	w0, s16

// lower and higher replace what is in the first vector by lower or higher numbers. It
// stays where a NaN takes part, or both are zeros, which FMINNM does not do.
.macro	lower least, v
	fcmgt	v4.4s, \least\().4s, \v\().4s
	bit	\least\().16b, \v\().16b, v4.16b
.endm
.macro	higher most, v
	fcmgt	v5.4s, \v\().4s, \most\().4s
	bit	\most\().16b, \v\().16b, v5.16b
.endm
.macro	widen least, most, v
	lower	\least, \v
	higher	\most, \v
.endm

.macro	extremes_8
	ldp	q0, q1, [x0], #32
	widen	v16, v20, v0
	widen	v17, v21, v1
.endm
.macro	extremes_16
	ldp	q0, q1, [x0], #32
	ldp	q2, q3, [x0], #32
	widen	v16, v20, v0
	widen	v17, v21, v1
	widen	v18, v22, v2
	widen	v19, v23, v3
.endm
// across leaves the extreme of four lanes in the first.
.macro	across fold, v
	ext	v0.16b, \v\().16b, \v\().16b, #8
	\fold	\v, v0
	rev64	v0.4s, \v\().4s
	\fold	\v, v0
.endm

minMaxVector:
	lsr	x1, x1, #2
	.irp	v, v16, v17, v18, v19
	dup	\v\().4s, v0.s[0]
	.endr
	.irp	v, v20, v21, v22, v23
	dup	\v\().4s, v1.s[0]
	.endr
	wholes	x1, 16, extremes_16
	eights	x1, extremes_8, back_4_0
	lower	v16, v17
	lower	v18, v19
	lower	v16, v18
	across	lower, v16
	higher	v20, v21
	higher	v22, v23
	higher	v20, v22
	across	higher, v20
	fmov	s0, s16
	fmov	s1, s20

// Minima are at x10, maxima at x11, the values of four rows at x12 to x15.
.macro	begin_columns
	ldp	q16, q17, [x10]
	ldp	q18, q19, [x11]
.endm
.macro	fold_columns row
	ldp	q0, q1, [\row], #32
	widen	v16, v18, v0
	widen	v17, v19, v1
.endm
.macro	end_columns
	stp	q16, q17, [x10], #32
	stp	q18, q19, [x11], #32
.endm
.macro	columns_4
	begin_columns
	fold_columns	x12
	fold_columns	x13
	fold_columns	x14
	fold_columns	x15
	end_columns
.endm
.macro	columns_1
	begin_columns
	fold_columns	x12
	end_columns
.endm
.macro	back_columns_1
	add	x10, x10, x9, lsl #2
	add	x11, x11, x9, lsl #2
	add	x12, x12, x9, lsl #2
.endm
.macro	back_columns_4
	back_columns_1
	add	x13, x13, x9, lsl #2
	add	x14, x14, x9, lsl #2
	add	x15, x15, x9, lsl #2
.endm

// Four rows go together, so that minima and maxima are loaded and stored once for them.
minMaxRowsVector:
	lsl	x7, x1, #2
	subs	x6, x6, #4
	b.lo	5f
4:	mov	x10, x0
	mov	x11, x2
	mov	x12, x4
	add	x13, x12, x7
	add	x14, x13, x7
	add	x15, x14, x7
	mov	x8, x1
	eights	x8, columns_4, back_columns_4
	mov	x4, x15
	subs	x6, x6, #4
	b.hs	4b
5:	mov	x12, x4
	adds	x6, x6, #4
	b.eq	7f
6:	mov	x10, x0
	mov	x11, x2
	mov	x8, x1
	eights	x8, columns_1, back_columns_1
	subs	x6, x6, #1
	b.ne	6b
7:
