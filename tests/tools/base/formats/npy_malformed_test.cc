// What a header may say, and every way to break a .npy file.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Written by NumPy: make_npy_golden.py.
std::string GoldenPath(absl::string_view name) {
  return absl::StrCat("tests/tools/base/formats/testdata/", name);
}

std::string Golden(absl::string_view name) {
  return Files::Real().Read(GoldenPath(name)).value();
}

absl::Span<const std::uint8_t> Bytes(absl::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(text.data()),
                             text.size());
}

// A file of version 1.0 with this header, to which a newline is added.
std::string File(absl::string_view header, absl::string_view data = "") {
  const std::uint64_t length = header.size() + 1;
  const char prefix[] = {'\x93',
                         'N',
                         'U',
                         'M',
                         'P',
                         'Y',
                         1,
                         0,
                         static_cast<char>(length % 256),
                         static_cast<char>(length / 256)};
  return absl::StrCat(absl::string_view(prefix, sizeof(prefix)), header, "\n",
                      data);
}

TEST(NpyHeaderTest, AcceptsEveryWayToWriteTheSameDictionary) {
  for (const absl::string_view header :
       {"{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
        "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}",
        "{\"descr\": \"<f4\", 'fortran_order': False, 'shape': (2, 3,), }",
        "  {\n'descr'\t: '<f4' ,'fortran_order' : False, 'shape' : ( 2 , 3 ) "
        ", }    "}) {
    const std::string file = File(header, std::string(24, '\0'));
    const auto view = ParseNpy(Bytes(file), "x");
    ASSERT_THAT(view, IsOk()) << header;
    EXPECT_EQ(view->dtype, NpyType::kFloat32);
    EXPECT_THAT(view->shape, ElementsAre(2, 3));
  }
}

TEST(NpyHeaderTest, AcceptsAnyByteOrderForSingleBytes) {
  for (const absl::string_view order : {"|", "<", ">"}) {
    for (const absl::string_view kind : {"b1", "i1", "u1"}) {
      const std::string file =
          File(absl::StrCat("{'descr': '", order, kind,
                            "', 'fortran_order': False, 'shape': ()}"));
      EXPECT_THAT(ParseNpyHeader(Bytes(file), "x"), IsOk()) << order << kind;
    }
  }
}

TEST(NpyHeaderTest, AcceptsFortranOrderWhereItMakesNoDifference) {
  for (const absl::string_view shape : {"()", "(4,)", "(1, 4)", "(1, 4, 1)"}) {
    const std::string file = File(absl::StrCat(
        "{'descr': '|u1', 'fortran_order': True, 'shape': ", shape, "}"));
    EXPECT_THAT(ParseNpyHeader(Bytes(file), "x"), IsOk()) << shape;
  }
}

struct Malformed {
  std::string bytes;
  absl::StatusCode code;
  std::string message;  // After "a.npy: ".
};

std::vector<Malformed> MalformedFiles() {
  using Code = absl::StatusCode;
  const auto with = [](absl::string_view descr, absl::string_view order,
                       absl::string_view shape) {
    return File(absl::StrCat("{'descr': ", descr, ", 'fortran_order': ", order,
                             ", 'shape': ", shape, ", }"));
  };
  const std::string good = File(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "12345678");
  const std::string many =
      absl::StrCat("(", absl::StrJoin(std::vector<int>(65, 1), ", "), ")");
  return {
      {"", Code::kDataLoss, "the file ends after 0 bytes, inside the magic"},
      {"\x93NUM", Code::kDataLoss,
       "the file ends after 4 bytes, inside the magic"},
      {"NUMPY data, but no magic", Code::kInvalidArgument,
       "not a .npy file: it begins with \"NUMPY \", expected \"\\x93NUMPY\""},
      {"PK\x03\x04 and so on", Code::kInvalidArgument,
       "not a .npy file: it begins with \"PK\\u0003\\u0004 a\", expected "
       "\"\\x93NUMPY\"; this is a .npz or other zip archive, unpack it first"},
      {good.substr(0, 6), Code::kDataLoss,
       "the file ends after 6 bytes, before its version"},
      {good.substr(0, 9), Code::kDataLoss,
       "the file ends after 9 bytes, before the length of its header"},
      {good.substr(0, 6) + std::string("\x00\x00", 2) + good.substr(8),
       Code::kInvalidArgument, "the version is 0.0, expected 1.0, 2.0 or 3.0"},
      {good.substr(0, 6) + std::string("\x01\x01", 2) + good.substr(8),
       Code::kInvalidArgument, "the version is 1.1, expected 1.0, 2.0 or 3.0"},
      {good.substr(0, 6) + std::string("\x04\x00", 2) + good.substr(8),
       Code::kInvalidArgument, "the version is 4.0, expected 1.0, 2.0 or 3.0"},
      {good.substr(0, 8) + "\xFF\xFF" + good.substr(10), Code::kDataLoss,
       "the header should have 65535 bytes, the file has only 66 left"},
      {good.substr(0, 6) + std::string("\x02\x00\xFF\xFF\xFF\xFF", 6) +
           good.substr(10),
       Code::kDataLoss,
       "the header should have 4294967295 bytes, the file has only 66 left"},
      {good.substr(0, 8) + std::string("\x00\x00", 2) + good.substr(10),
       Code::kInvalidArgument,
       "header, byte 10: found the end of the header, expected a dictionary, "
       "'{'"},
      {File("['descr']"), Code::kInvalidArgument,
       "header, byte 10: found \"['descr']\", expected a dictionary, '{'"},
      {File("{descr: 1}"), Code::kInvalidArgument,
       "header, byte 11: found \"descr: 1}\", expected a key, in quotes"},
      {File("{'descr' '<f4'}"), Code::kInvalidArgument,
       "header, byte 19: found \"'<f4'}\", expected ':' after the key"},
      {File("{'descr: }"), Code::kInvalidArgument,
       "header, byte 11: found \"'descr: }\", expected a key with a closing "
       "quote"},
      {File("{'de\\x73cr': '<f4'}"), Code::kInvalidArgument,
       "header, byte 11: found \"'de\\\\x73cr': '<f4'}\", expected a key "
       "without backslashes"},
      {File("{}"), Code::kInvalidArgument,
       "the header lacks the key \"descr\""},
      {File("{'descr': '<f4', 'shape': ()}"), Code::kInvalidArgument,
       "the header lacks the key \"fortran_order\""},
      {File("{'descr': '<f4', 'fortran_order': False}"), Code::kInvalidArgument,
       "the header lacks the key \"shape\""},
      {File("{'descr': '<f4', 'descr': '<f4'}"), Code::kInvalidArgument,
       "the key \"descr\" appears twice"},
      {File("{'fortran_order': True, 'fortran_order': True}"),
       Code::kInvalidArgument, "the key \"fortran_order\" appears twice"},
      {File("{'shape': (), 'shape': ()}"), Code::kInvalidArgument,
       "the key \"shape\" appears twice"},
      {File("{'order': 'C'}"), Code::kInvalidArgument,
       "unknown key \"order\"; expected descr, fortran_order and shape"},
      {with("'<f4'", "0", "()"), Code::kInvalidArgument,
       "header, byte 44: found \"0, 'shape': (), }\", expected True or False"},
      {with("'<f4'", "Falsehood", "()"), Code::kInvalidArgument,
       "header, byte 49: found \"hood, 'shape': (), }\", expected ',' or '}'"},
      {with("'<f4'", "False", "[2]"), Code::kInvalidArgument,
       "header, byte 60: found \"[2], }\", expected a tuple of dimensions, "
       "'('"},
      {with("'<f4'", "False", "(2)"), Code::kInvalidArgument,
       "the shape (2) is a number, not a tuple; expected (2,) for one "
       "dimension"},
      {with("'<f4'", "False", "(,)"), Code::kInvalidArgument,
       "header, byte 61: found \",), }\", expected a dimension"},
      {with("'<f4'", "False", "(2 3)"), Code::kInvalidArgument,
       "header, byte 63: found \"3), }\", expected ',' or ')'"},
      {with("'<f4'", "False", "(2L,)"), Code::kInvalidArgument,
       "header, byte 62: found \"L,), }\", expected ',' or ')'"},
      {with("'<f4'", "False", "(2.0,)"), Code::kInvalidArgument,
       "header, byte 62: found \".0,), }\", expected ',' or ')'"},
      {with("'<f4'", "False", "(-1,)"), Code::kInvalidArgument,
       "header, byte 61: found \"-1,), }\", expected a dimension that is not "
       "negative"},
      {with("'<f4'", "False", "(08,)"), Code::kInvalidArgument,
       "the dimension \"08\" begins with a zero"},
      {with("'<f4'", "False", "(9223372036854775808,)"), Code::kInvalidArgument,
       "the dimension \"9223372036854775808\" is over 9223372036854775807"},
      {with("'<f4'", "False", "(99999999999999999999,)"),
       Code::kInvalidArgument,
       "the dimension \"99999999999999999999\" is over 9223372036854775807"},
      {with("'<f4'", "False", "(4294967296, 4294967296)"),
       Code::kInvalidArgument,
       "the shape (4294967296, 4294967296) of float32 has more than 2^63 - 1 "
       "bytes"},
      {with("'<f4'", "False", "(0, 9223372036854775807)"),
       Code::kInvalidArgument,
       "the shape (0, 9223372036854775807) of float32 has more than 2^63 - 1 "
       "bytes"},
      {with("'|b1'", "False", many), Code::kInvalidArgument,
       "the shape has more than 64 dimensions"},
      {with("'<f4'", "False", "(2"), Code::kInvalidArgument,
       "header, byte 64: found \"}\", expected a dimension"},
      {File("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)"),
       Code::kInvalidArgument,
       "header, byte 65: found the end of the header, expected ',' or '}'"},
      {File("{'descr': '<f4', 'fortran_order': False, 'shape': ()} {}"),
       Code::kInvalidArgument,
       "header, byte 64: found \"{}\", expected only spaces and a newline "
       "after the dictionary"},
      {File(absl::string_view(
           "{'descr': '<f4', 'fortran_order': False, 'shape': ()}\0", 54)),
       Code::kInvalidArgument,
       "header, byte 63: found \"\\u0000\", expected only spaces and a newline "
       "after the dictionary"},
      {with("'>f4'", "False", "()"), Code::kUnimplemented,
       "the type \">f4\" is big-endian, only little-endian is read; convert "
       "it: numpy.save(path, array.astype('<f4'))"},
      {with("'|f4'", "False", "()"), Code::kUnimplemented,
       "the type \"|f4\" is not supported; expected one of |b1, |i1, <i2, <i4, "
       "<i8, |u1, <u2, <u4, <u8, <f2, <f4, <f8"},
      {with("'float32'", "False", "()"), Code::kUnimplemented,
       "the type \"float32\" is not supported; expected one of |b1, |i1, <i2, "
       "<i4, <i8, |u1, <u2, <u4, <u8, <f2, <f4, <f8"},
      {with("''", "False", "()"), Code::kUnimplemented,
       "the type \"\" is not supported; expected one of |b1, |i1, <i2, <i4, "
       "<i8, |u1, <u2, <u4, <u8, <f2, <f4, <f8"},
      {with("None", "False", "()"), Code::kInvalidArgument,
       "header, byte 20: found \"None, 'fortran_order': False, 'shape': (…\", "
       "expected a type such as '<f4', in quotes"},
      {with("'<f4'", "True", "(2, 2)"), Code::kUnimplemented,
       "the array is in Fortran order, only C order is read; convert it: "
       "numpy.save(path, numpy.ascontiguousarray(array))"},
      {good.substr(0, good.size() - 1), Code::kDataLoss,
       "7 bytes follow the header, the shape (2,) of float32 needs 8; the file "
       "is cut short"},
      {good + "9", Code::kDataLoss,
       "9 bytes follow the header, the shape (2,) of float32 needs 8; the file "
       "has trailing bytes"},
  };
}

TEST(NpyHeaderTest, RefusesMalformedFilesEachWithItsOwnMessage) {
  for (const Malformed& malformed : MalformedFiles()) {
    EXPECT_THAT(ParseNpy(Bytes(malformed.bytes), "a.npy"),
                StatusIs(malformed.code, "a.npy: " + malformed.message))
        << absl::CHexEscape(malformed.bytes);
  }
}

TEST(NpyHeaderTest, RefusesAHeaderWithoutItsNewline) {
  std::string file =
      File("{'descr': '<f4', 'fortran_order': False, 'shape': ()}");
  file.back() = ' ';
  EXPECT_THAT(ParseNpy(Bytes(file), "a.npy"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.npy: the header does not end in a newline, as the "
                       "format demands"));
}

TEST(NpyHeaderTest, RefusesWhatNumpyWroteButIsNotRead) {
  const std::pair<absl::string_view, absl::string_view> files[] = {
      {"fortran_order", "Fortran order"},
      {"big_endian", "big-endian"},
      {"object", "pickle"},
      {"structured", "structured type"},
      {"text", "\"<U5\" is not"},
      {"bytes", "\"|S5\" is not"},
      {"complex", "\"<c8\" is not"},
      {"date", "\"<M8[D]\" is not"}};
  for (const auto& [name, message] : files) {
    const std::string path = GoldenPath(absl::StrCat("refused_", name, ".npy"));
    EXPECT_THAT(ReadNpy(Files::Real(), path).status(),
                StatusIs(absl::StatusCode::kUnimplemented,
                         AllOf(StartsWith(path + ": "),
                               HasSubstr(std::string(message)))));
  }
}

TEST(NpyHeaderTest, RefusesEveryProperPrefixOfAFile) {
  const std::string file = Golden("version_3.npy");
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THAT(ParseNpy(Bytes(file.substr(0, size)), "a.npy").status(),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("a.npy: ")))
        << size;
  }
}

}  // namespace
}  // namespace culturemert
