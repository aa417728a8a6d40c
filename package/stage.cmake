# Run by cpack between installing the components into a staging folder and packing them: what Debian's policy asks of
# files in packages, and debhelper would do.

# cpack gives all files in packages this time: that of the version, as the changelog has it.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
	execute_process(COMMAND dpkg-parsechangelog -l ${CPACK_ANNOT_SOURCE_DIR}/package/changelog -S Timestamp
	                OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	set(ENV{SOURCE_DATE_EPOCH} ${time})
endif()

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
	file(GLOB binaries ${root}/usr/bin/* ${root}/usr/sbin/* ${root}/usr/libexec/annot/* ${root}/usr/lib/*/*.so.*)
	strip(${binaries})
	if(EXISTS ${source}/lintian/${package})
		file(COPY ${source}/lintian/${package} DESTINATION ${share}/lintian/overrides)
	endif()
	if(component STREQUAL annotctl)
		# Found where all libraries are; and zsh looks for what packages bring elsewhere than for local things.
		file(RPATH_REMOVE FILE ${root}/usr/bin/annotctl)
		file(RPATH_REMOVE FILE ${root}/usr/libexec/annot/annot-html)
		file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
	elseif(component STREQUAL annotd)
		file(MAKE_DIRECTORY ${root}/var/lib/annot)
		file(COPY ${source}/examples DESTINATION ${share}/doc/${package})
	elseif(component STREQUAL libannot-dev)
		file(COPY ${CPACK_ANNOT_SOURCE_DIR}/docs/verify.py DESTINATION ${share}/doc/${package}/examples)
	endif()
	# Whatever the umask was here, and where the sources were unpacked.
	execute_process(COMMAND chmod -R u=rwX,go=rX ${root} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

stage(annotctl annotctl)
stage(annotd annotd)
stage(libannot ${CPACK_ANNOT_LIBRARY})
stage(libannot-dev libannot-dev)
