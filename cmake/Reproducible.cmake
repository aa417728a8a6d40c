# The same sources give the same bytes, whatever the folder that they are built in: it is neither in debug information and
# messages, from which a binary's build id follows, nor in the place where build/ looks for the library.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
if(ANNOT_HARDENED)
	add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()
