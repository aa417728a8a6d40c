# What Debian builds its packages with (dpkg-buildflags, hardening=+all). Not beside the sanitizers, which see more.
set(ANNOT_HARDENED OFF)
if(NOT ANNOT_SANITIZE AND CMAKE_BUILD_TYPE MATCHES Rel)
	set(ANNOT_HARDENED ON)
	add_compile_options(-D_FORTIFY_SOURCE=2 -fstack-protector-strong)
	add_link_options(-Wl,-z,relro,-z,now)
endif()
