// Errors of rounding, sums, and searches that go by them.

.macro	error v, code
	fdiv	\v\().4s, \v\().4s, v30.4s
	fadd	\v\().4s, \v\().4s, v31.4s
	scvtf	\code\().4s, \code\().4s
	fsub	\v\().4s, \code\().4s, \v\().4s
.endm
.macro	errors_8
	load_8
	ldr	d2, [x4], #8
	sshll	v2.8h, v2.8b, #0
	sshll2	v3.4s, v2.8h, #0
	sshll	v2.4s, v2.4h, #0
	error	v0, v2
	error	v1, v3
	stp	q0, q1, [x0], #32
.endm
.macro	back_errors
	back_4_4
	add	x4, x4, x9
.endm

roundingErrorsVector:
	dup	v30.4s, v0.s[0]
	dup	v31.4s, v1.s[0]
	eights	x1, errors_8, back_errors

// columnSums goes down eight columns at a time.
columnSumsVector:
	lsl	x5, x1, #2
	lsr	x6, x1, #3
1:	movi	v0.4s, #0
	movi	v1.4s, #0
	mov	x7, x2
	mov	x8, x4
2:	ldp	q2, q3, [x7]
	add	x7, x7, x5
	fadd	v0.4s, v0.4s, v2.4s
	fadd	v1.4s, v1.4s, v3.4s
	subs	x8, x8, #1
	b.ne	2b
	stp	q0, q1, [x0], #32
	add	x2, x2, #32
	subs	x6, x6, #1
	b.ne	1b

// between_4 has all bits of v where a value is looked for.
.macro	between_4 v
	fmul	\v\().4s, \v\().4s, v30.4s
	fcmge	v4.4s, v29.4s, \v\().4s
	fcmgt	\v\().4s, \v\().4s, v31.4s
	and	\v\().16b, \v\().16b, v4.16b
.endm

// between writes the positions of the few values that it finds one by one. In x6 there
// is a byte of ones for each.
betweenVector:
	fmov	v29.4s, #0.5
	dup	v30.4s, v0.s[0]
	dup	v31.4s, v1.s[0]
	mov	x4, x0
	mov	w5, #0
	mov	x10, #0xff
1:	load_8
	between_4	v0
	between_4	v1
	low_8
	fmov	x6, d0
	cbz	x6, 3f
2:	rbit	x7, x6
	clz	x7, x7
	add	w8, w5, w7, lsr #3
	str	w8, [x0], #4
	lsl	x8, x10, x7
	bics	x6, x6, x8
	b.ne	2b
3:	add	w5, w5, #8
	subs	x3, x3, #8
	b.ne	1b
	sub	x0, x0, x4
	lsr	x0, x0, #2

// correlation adds to the sums of products and of squares for the factor in a lane of v7.
// Products and sums round by themselves.
.macro	correlation_4 v, lane, products, squares
	fmul	v2.4s, \v\().4s, v7.s[\lane]
	fmin	v2.4s, v2.4s, v6.4s
	frintn	v2.4s, v2.4s
	fmul	v3.4s, v2.4s, \v\().4s
	fadd	\products\().4s, \products\().4s, v3.4s
	fmul	v2.4s, v2.4s, v2.4s
	fadd	\squares\().4s, \squares\().4s, v2.4s
.endm
.macro	correlations_8
	load_8
	fabs	v0.4s, v0.4s
	fabs	v1.4s, v1.4s
	correlation_4	v0, 0, v16, v18
	correlation_4	v1, 0, v17, v19
	correlation_4	v0, 1, v20, v22
	correlation_4	v1, 1, v21, v23
	correlation_4	v0, 2, v24, v26
	correlation_4	v1, 2, v25, v27
	correlation_4	v0, 3, v28, v30
	correlation_4	v1, 3, v29, v31
.endm

correlationsVector:
	dup	v6.4s, v0.s[0]
	ldr	q7, [x4]
	.irp	v, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30, v31
	movi	\v\().4s, #0
	.endr
	lsr	x3, x3, #2
	wholes	x3, 8, correlations_8
	st1	{v16.4s, v17.4s, v18.4s, v19.4s}, [x0], #64
	st1	{v20.4s, v21.4s, v22.4s, v23.4s}, [x0], #64
	st1	{v24.4s, v25.4s, v26.4s, v27.4s}, [x0], #64
	st1	{v28.4s, v29.4s, v30.4s, v31.4s}, [x0], #64
