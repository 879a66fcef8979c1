# `./dev package`: a Debian package with a confined service, and a tarball. What is the same in both is the component
# `program`; the component `debian` is what only the package has. The version is the project's.

set(CPACK_PACKAGE_NAME amity)
set(CPACK_PACKAGE_VENDOR "Amity authors")
set(CPACK_PACKAGE_CONTACT "Amity authors <maintainers@amity.example>" CACHE STRING "Who answers for the packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "local emulator of EC2 and its machine images")
set(CPACK_PACKAGE_DESCRIPTION
    "Amity answers the query API of Amazon EC2 on this computer, so that what is
built around machine images can be tested without AWS: the AWS CLI, the SDKs,
Packer, Terraform and Ansible launch, bake, copy, share and deregister images
as they do there, and meet the same errors.")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_THREADS 0)

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(made ${PROJECT_BINARY_DIR}/packaging)

install(TARGETS amity RUNTIME DESTINATION bin COMPONENT program)
install(FILES README.md SECURITY.md DESTINATION share/doc/amity COMPONENT program)
install(DIRECTORY docs DESTINATION share/doc/amity COMPONENT program FILES_MATCHING PATTERN *.md)
install(FILES LICENSE DESTINATION share/doc/amity COMPONENT tarball)

install(FILES ${packaging}/amity.service DESTINATION /lib/systemd/system COMPONENT debian)
install(FILES ${packaging}/amity.default DESTINATION /etc/default RENAME amity COMPONENT debian)

# Debian's forms of the licence, the manual page and the list of changes.
file(STRINGS LICENSE AMITY_COPYRIGHT REGEX "^Copyright")
string(REPLACE "Copyright (c) " "" AMITY_COPYRIGHT "${AMITY_COPYRIGHT}")
file(READ LICENSE AMITY_LICENCE)
string(REGEX REPLACE "^.*(Permission is hereby)" "\\1" AMITY_LICENCE "${AMITY_LICENCE}")
string(STRIP "${AMITY_LICENCE}" AMITY_LICENCE)
string(REPLACE "\n\n" "\n.\n" AMITY_LICENCE "${AMITY_LICENCE}")
string(REPLACE "\n" "\n " AMITY_LICENCE " ${AMITY_LICENCE}")
string(TIMESTAMP AMITY_BUILD_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(file IN ITEMS amity.1 changelog copyright)
  configure_file(${packaging}/${file}.in ${made}/${file} @ONLY)
endforeach()
foreach(file IN ITEMS amity.1 changelog)
  execute_process(COMMAND gzip -9nkf ${made}/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${made}/amity.1.gz DESTINATION share/man/man1 COMPONENT debian)
install(FILES ${made}/changelog.gz ${made}/copyright DESTINATION share/doc/amity COMPONENT debian)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/package_contents.cmake)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)

string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" system)
set(CPACK_PACKAGE_FILE_NAME amity-${PROJECT_VERSION}-${system})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/conffiles ${packaging}/postinst ${packaging}/postrm
                                       ${packaging}/prerm)
include(CPack)
