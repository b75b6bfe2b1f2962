#include <iostream>
#include <string>

#include "gmock/gmock.h"
#include "tests/support/golden_file.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) != "--update_golden") {
      std::cerr << "unknown argument " << argv[i]
                << "; there is --update_golden, and what --help shows\n";
      return 2;
    }
    culturemert::golden_internal::set_update(true);
  }
  return RUN_ALL_TESTS();
}
