#include "tools/base/console/human.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/places.h"

namespace culturemert {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct NumberAsText {
  double number;
  absl::string_view text;
};

TEST(FormatDurationTest, ShowsTwoUnitsAtMost) {
  constexpr NumberAsText kTable[] = {
      {0, "0 s"},
      {1e-9, "0 s"},
      {-1e-9, "0 s"},
      {1e-6, "0.001 ms"},
      {0.000123, "0.123 ms"},
      {0.0009994, "0.999 ms"},
      {0.0009996, "1 ms"},
      {0.012, "12 ms"},
      {0.9994, "999 ms"},
      {0.9996, "1.0 s"},
      {1, "1.0 s"},
      {12.34, "12.3 s"},
      {59.94, "59.9 s"},
      {59.96, "1 min 00 s"},
      {60, "1 min 00 s"},
      {65.4, "1 min 05 s"},
      {200, "3 min 20 s"},
      {3599.4, "59 min 59 s"},
      {3599.6, "1 h 00 min"},
      {3900, "1 h 05 min"},
      {86369, "23 h 59 min"},
      {86370, "1 d 00 h"},
      {183600, "2 d 03 h"},
      {1e9, "11574 d 02 h"},
      {1e12, "11574074 d 02 h"},
      {1.1e12, "unknown"},
      {-12.34, "-12.3 s"},
      {-3900, "-1 h 05 min"},
      {kInfinity, "unknown"},
      {-kInfinity, "unknown"},
      {kNan, "unknown"},
  };
  for (const NumberAsText& row : kTable) {
    EXPECT_EQ(FormatDuration(row.number), row.text) << row.number;
  }
}

TEST(FormatBytesTest, ShowsTwoOrThreeDigitsInDecimalUnits) {
  constexpr struct {
    std::uint64_t bytes;
    absl::string_view text;
  } kTable[] = {
      {0, "0 B"},
      {1, "1 B"},
      {999, "999 B"},
      {1000, "1.0 kB"},
      {1049, "1.0 kB"},
      {1050, "1.1 kB"},
      {9949, "9.9 kB"},
      {9950, "10 kB"},
      {22500, "23 kB"},
      {999499, "999 kB"},
      {999500, "1.0 MB"},
      {1073741824, "1.1 GB"},
      {23456789012, "23 GB"},
      {1500000000000, "1.5 TB"},
      {999500000000000, "1.0 PB"},
      {999499999999999999, "999 PB"},
      {999500000000000000, "1.0 EB"},
      {9950000000000000000u, "10 EB"},
      {~std::uint64_t{0}, "18 EB"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(FormatBytes(row.bytes), row.text) << row.bytes;
  }
}

TEST(FormatCountTest, GroupsByThree) {
  constexpr struct {
    std::int64_t count;
    absl::string_view ascii;
    absl::string_view utf8;
  } kTable[] = {
      {0, "0", "0"},
      {7, "7", "7"},
      {999, "999", "999"},
      {-999, "-999", "-999"},
      {1000, "1 000", "1\u2009000"},
      {-1000, "-1 000", "-1\u2009000"},
      {123456, "123 456", "123\u2009456"},
      {1234567, "1 234 567", "1\u2009234\u2009567"},
      {INT64_MAX, "9 223 372 036 854 775 807",
       "9\u2009223\u2009372\u2009036\u2009854\u2009775\u2009807"},
      {INT64_MIN, "-9 223 372 036 854 775 808",
       "-9\u2009223\u2009372\u2009036\u2009854\u2009775\u2009808"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(FormatCount(row.count, Charset::kAscii), row.ascii);
    EXPECT_EQ(FormatCount(row.count, Charset::kUtf8), row.utf8);
  }
}

TEST(FormatSignificantTest, ShowsThreeDigits) {
  constexpr NumberAsText kTable[] = {
      {0, "0"},
      {0.0001, "0.000"},
      {0.0123, "0.012"},
      {0.1234, "0.123"},
      {0.9994, "0.999"},
      {0.9996, "1.00"},
      {1.234, "1.23"},
      {9.994, "9.99"},
      {9.996, "10.0"},
      {12.34, "12.3"},
      {99.94, "99.9"},
      {99.96, "100"},
      {999.4, "999"},
      {999.6, "1 000"},
      {12345.4, "12 345"},
      {9e14, "900 000 000 000 000"},
      {1e15, "?"},
      {-1, "?"},
      {kInfinity, "?"},
      {kNan, "?"},
  };
  for (const NumberAsText& row : kTable) {
    EXPECT_EQ(FormatSignificant(row.number, Charset::kAscii), row.text)
        << row.number;
  }
}

TEST(FormatRateTest, PicksTheSpanOfTimeThatReadsWell) {
  constexpr NumberAsText kTable[] = {
      {0, "0 files/s"},          {1234.5, "1 235 files/s"},
      {12.34, "12.3 files/s"},   {0.1, "0.100 files/s"},
      {0.075, "4.50 files/min"}, {0.002, "0.120 files/min"},
      {0.001, "3.60 files/h"},   {kInfinity, "? files/s"},
      {-1, "? files/s"},
  };
  for (const NumberAsText& row : kTable) {
    EXPECT_EQ(FormatRate(row.number, "files", Charset::kAscii), row.text)
        << row.number;
  }
}

TEST(FormatRealTimeFactorTest, UsesATimesSignWhereItCan) {
  EXPECT_EQ(FormatRealTimeFactor(38, Charset::kUtf8), "38.0\u00D7 real time");
  EXPECT_EQ(FormatRealTimeFactor(0.5, Charset::kAscii), "0.500x real time");
  EXPECT_EQ(FormatRealTimeFactor(2500, Charset::kUtf8),
            "2\u2009500\u00D7 real time");
}

TEST(HumanTest, IsTheSameInEveryPlace) {
  ForEachPlace([](const std::string& place) {
    EXPECT_EQ(FormatDuration(12.34), "12.3 s") << place;
    EXPECT_EQ(FormatBytes(1100), "1.1 kB") << place;
    EXPECT_EQ(FormatSignificant(1.25, Charset::kAscii), "1.25") << place;
  });
}

TEST(PrintableTest, EscapesEveryControlCharacterButTabAndNewline) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool is_control = byte < 0x20 || byte == 0x7f;
    if (is_control && byte != '\t' && byte != '\n') {
      EXPECT_EQ(Printable(text),
                absl::StrCat("\\x", absl::Hex(byte, absl::kZeroPad2)));
    } else {
      EXPECT_EQ(Printable(text), text);
    }
  }
}

TEST(PrintableTest, EscapesC1ControlsAndKeepsOtherText) {
  EXPECT_EQ(Printable("\xC2\x9B"
                      "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(Printable("\xC2\x80 \xC2\x9F"), "\\xc2\\x80 \\xc2\\x9f");
  EXPECT_EQ(Printable("\xC2\xA0"), "\xC2\xA0");
  EXPECT_EQ(Printable("\xC2"), "\xC2");
  EXPECT_EQ(Printable("Türk müziği, λύρα"), "Türk müziği, λύρα");
  EXPECT_EQ(Printable("a\x1b[2Jb"), "a\\x1b[2Jb");
}

TEST(ColumnsTest, AreCountedAndCutByCodePoint) {
  EXPECT_EQ(CountColumns(""), 0);
  EXPECT_EQ(CountColumns("abc"), 3);
  EXPECT_EQ(CountColumns("λύρα"), 4);
  EXPECT_EQ(TruncateToColumns("λύρα", 2), "λύ");
  EXPECT_EQ(TruncateToColumns("λύρα", 4), "λύρα");
  EXPECT_EQ(TruncateToColumns("abc", 100), "abc");
  EXPECT_EQ(TruncateToColumns("abc", 0), "");
  EXPECT_EQ(TruncateToColumns("abc", -1), "");
}

}  // namespace
}  // namespace culturemert
