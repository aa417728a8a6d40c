option(ANNOT_WERROR "Warnings are errors" OFF)
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
                    -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wcast-align -fno-strict-aliasing)
if(ANNOT_WERROR)
	add_compile_options(-Werror)
endif()
add_compile_definitions(_GNU_SOURCE)
