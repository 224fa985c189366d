# What `cmake --install` puts where: the program with its manual and completions (component `program`), and the libraries with
# their headers and a CMake package, dpolConfig.cmake (component `libraries`). And the Debian package that CPack makes of them.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# ---- the program ----

install(TARGETS dpol RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
set(manual "${PROJECT_BINARY_DIR}/dpol.1")
add_custom_command(
  OUTPUT "${manual}"
  COMMAND "${PROJECT_SOURCE_DIR}/packaging/man.sh" "$<TARGET_FILE:dpol>" > "${manual}"
  DEPENDS dpol "${PROJECT_SOURCE_DIR}/packaging/man.sh"
  VERBATIM)
add_custom_target(dpol_manual ALL DEPENDS "${manual}")
install(FILES "${manual}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT program)
set(completions "${PROJECT_SOURCE_DIR}/packaging/completions")
set(share "${CMAKE_INSTALL_DATADIR}")
install(FILES "${completions}/dpol.bash" DESTINATION "${share}/bash-completion/completions" RENAME dpol COMPONENT program)
install(FILES "${completions}/_dpol" DESTINATION "${share}/zsh/vendor-completions" COMPONENT program)
install(FILES "${completions}/dpol.fish" DESTINATION "${share}/fish/vendor_completions.d" COMPONENT program)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright COMPONENT program)
install(FILES README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
install(DIRECTORY docs examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)

# ---- the libraries ----

set(headers "${CMAKE_INSTALL_INCLUDEDIR}/dpol")
foreach(library IN ITEMS lang html program compiler lint doc vm inputs prometheus source_schemas sources state decision reports plans testing)
  set_target_properties(dpol_${library} PROPERTIES EXPORT_NAME ${library})
  target_include_directories(dpol_${library} INTERFACE "$<INSTALL_INTERFACE:${headers}>")
  target_compile_features(dpol_${library} INTERFACE cxx_std_20)
  install(TARGETS dpol_${library} EXPORT dpolTargets
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT libraries)
endforeach()
foreach(folder lang compiler runtime sources plans testing)
  install(DIRECTORY ${folder} DESTINATION "${headers}" COMPONENT libraries FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
endforeach()
install(DIRECTORY "${DPOL_GENERATED_DIR}" DESTINATION "${headers}" COMPONENT libraries FILES_MATCHING PATTERN "*.h")

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/dpol")
configure_package_config_file(cmake/dpolConfig.cmake.in "${PROJECT_BINARY_DIR}/dpolConfig.cmake" INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/dpolConfigVersion.cmake" COMPATIBILITY ExactVersion)
install(FILES "${PROJECT_BINARY_DIR}/dpolConfig.cmake" "${PROJECT_BINARY_DIR}/dpolConfigVersion.cmake"
              cmake/dependencies.cmake cmake/Findre2.cmake
        DESTINATION "${package}" COMPONENT libraries)
install(EXPORT dpolTargets NAMESPACE dpol:: DESTINATION "${package}" COMPONENT libraries)

# ---- dpol_VERSION_ARCH.deb, of the program alone ----

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dpol)
set(CPACK_PACKAGE_CONTACT "the dpol developers <dpol@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "deployment-policy engine with a language of its own")
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Policies say what a release has to fulfil, in checklists, thresholds and triggers of a rollback.
 dpol decides by them, and by facts and metrics, whether a release goes on, and says why.")
include(CPack)
