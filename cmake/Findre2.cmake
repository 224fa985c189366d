# Debian's RE2 brings a pkg-config file and no CMake package. Defines re2::re2.
find_package(PkgConfig REQUIRED)
pkg_check_modules(DPOL_RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
if(NOT TARGET re2::re2)
  add_library(re2::re2 ALIAS PkgConfig::DPOL_RE2)
endif()
set(re2_FOUND TRUE)
