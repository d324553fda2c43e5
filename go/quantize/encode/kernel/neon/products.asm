// addProducts keeps the 64 sums in registers.

.macro	all_sums instruction
	\instruction	{v16.4s, v17.4s, v18.4s, v19.4s}, [x0], #64
	\instruction	{v20.4s, v21.4s, v22.4s, v23.4s}, [x0], #64
	\instruction	{v24.4s, v25.4s, v26.4s, v27.4s}, [x0], #64
	\instruction	{v28.4s, v29.4s, v30.4s, v31.4s}, [x0], #64
.endm
.macro	add_products a, b
	ldp	q1, q2, [x4], #32
	fmla	\a\().4s, v1.4s, v0.4s
	fmla	\b\().4s, v2.4s, v0.4s
.endm

addProductsVector:
	all_sums	ld1
	sub	x0, x0, #256
1:	ld1r	{v0.4s}, [x2], #4
	add_products	v16, v17
	add_products	v18, v19
	add_products	v20, v21
	add_products	v22, v23
	add_products	v24, v25
	add_products	v26, v27
	add_products	v28, v29
	add_products	v30, v31
	subs	x3, x3, #1
	b.ne	1b
	all_sums	st1
