# annot_layer(NAME SOURCES … LIBS …): a layer is a static library; LIBS are the layers and packages
# that it may see. Arrows go one way (docs/architecture.md; .ci/check-layers).
function(annot_layer name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
	add_library(annot_${name} STATIC ${ARG_SOURCES})
	target_include_directories(annot_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/libannot)
	target_link_libraries(annot_${name} PUBLIC ${ARG_LIBS})
endfunction()
