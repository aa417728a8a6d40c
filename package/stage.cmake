# Run by cpack between installing the components into a staging folder and packing them: what Debian's policy asks of
# files in packages, and debhelper would do.
function(gzip)
	foreach(file ${ARGN})
		execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
	endforeach()
endfunction()

# As dh_strip does.
function(strip)
	foreach(file ${ARGN})
		if(NOT IS_SYMLINK ${file})
			execute_process(COMMAND ${CPACK_ANNOT_STRIP} --strip-unneeded --remove-section=.comment --remove-section=.note ${file}
			                COMMAND_ERROR_IS_FATAL ANY)
		endif()
	endforeach()
endfunction()

function(stage component package)
	set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
	set(source ${CPACK_ANNOT_SOURCE_DIR}/package)
	set(share ${root}/usr/share)
	file(COPY ${source}/copyright ${source}/changelog DESTINATION ${share}/doc/${package})
	file(GLOB pages ${share}/man/man?/*.?)
	gzip(${share}/doc/${package}/changelog ${pages})
	file(GLOB binaries ${root}/usr/bin/* ${root}/usr/sbin/* ${root}/usr/lib/*/*.so.*)
	strip(${binaries})
	if(EXISTS ${source}/lintian/${package})
		file(COPY ${source}/lintian/${package} DESTINATION ${share}/lintian/overrides)
	endif()
	if(component STREQUAL annotctl)
		# Found where all libraries are; and zsh looks for what packages bring elsewhere than for local things.
		file(RPATH_REMOVE FILE ${root}/usr/bin/annotctl)
		file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
	elseif(component STREQUAL annotd)
		file(MAKE_DIRECTORY ${root}/var/lib/annot)
		file(COPY ${source}/examples DESTINATION ${share}/doc/${package})
	endif()
endfunction()

stage(annotctl annotctl)
stage(annotd annotd)
stage(libannot ${CPACK_ANNOT_LIBRARY})
stage(libannot-dev libannot-dev)
