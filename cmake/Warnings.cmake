option(ANNOT_WERROR "Warnings are errors" OFF)
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
                    -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wcast-align -fno-strict-aliasing
                    # gcc cannot see that annot_fail never returns ANNOT_OK, so every TRY(f(&x)) would be one.
                    $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(ANNOT_WERROR)
	add_compile_options(-Werror)
endif()
add_compile_definitions(_GNU_SOURCE)
