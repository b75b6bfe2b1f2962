#include "models/weights/unpickler.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/weights/zip_writer.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const auto kInvalid = absl::StatusCode::kInvalidArgument;
const auto kLoss = absl::StatusCode::kDataLoss;
const auto kExhausted = absl::StatusCode::kResourceExhausted;
const auto kUnimplemented = absl::StatusCode::kUnimplemented;

absl::StatusOr<Unpickled> Parse(absl::string_view pickle) {
  return Unpickle(
      absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(pickle.data()),
                          pickle.size()),
      "a.pkl");
}

// Operations, for pickles put together by hand.
std::string Text(absl::string_view text) {
  return absl::StrCat(
      "X", LittleEndian(static_cast<std::uint32_t>(text.size())), text);
}
std::string Global(absl::string_view module, absl::string_view name) {
  return absl::StrCat("c", module, "\n", name, "\n");
}
std::string Integer(std::int32_t value) {
  return absl::StrCat("J", LittleEndian(value));
}
std::string Storage(absl::string_view type, std::int32_t num_elements,
                    absl::string_view key = "0") {
  return absl::StrCat("(", Text("storage"), Global("torch", type), Text(key),
                      Text("cpu"), Integer(num_elements), "tQ");
}
std::string Tuple(const std::vector<std::int32_t>& values) {
  std::string tuple = "(";
  for (const std::int32_t value : values) tuple += Integer(value);
  return tuple + "t";
}
std::string Tensor(const std::string& storage, std::int32_t offset,
                   const std::vector<std::int32_t>& shape,
                   const std::vector<std::int32_t>& strides) {
  return absl::StrCat(Global("torch._utils", "_rebuild_tensor_v2"), "(",
                      storage, Integer(offset), Tuple(shape), Tuple(strides),
                      "\x89", Global("collections", "OrderedDict"), ")RtR");
}

PickleDocument DocumentOf(absl::string_view pickle) {
  auto unpickled = Parse(pickle);
  EXPECT_THAT(unpickled, IsOk());
  return unpickled.ok() ? std::move(unpickled->document) : PickleDocument();
}

TEST(UnpicklerTest, ReadsNumbers) {
  const auto integer = [](absl::string_view pickle) {
    const PickleDocument document = DocumentOf(pickle);
    EXPECT_EQ(document.root_node().kind, PickleKind::kInteger);
    return document.root_node().integer;
  };
  EXPECT_EQ(integer("\x80\x02K\xFF."), 255);
  EXPECT_EQ(integer("\x80\x02M\xE9\x03."), 1001);
  EXPECT_EQ(integer("\x80\x02J\xFE\xFF\xFF\xFF."), -2);
  EXPECT_EQ(integer(absl::string_view("\x80\x02\x8A\x00.", 5)), 0);
  EXPECT_EQ(integer("\x80\x02\x8A\x01\x80."), -128);
  EXPECT_EQ(integer(absl::string_view("\x80\x02\x8A\x02\x80\x00.", 7)), 128);
  EXPECT_EQ(integer("\x80\x02\x8A\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F."),
            std::int64_t{0x7FFFFFFFFFFFFFFF});
  const PickleDocument number = DocumentOf(
      absl::string_view("\x80\x02G\x3F\xF8\x00\x00\x00\x00\x00\x00.", 12));
  EXPECT_EQ(number.root_node().number, 1.5);
  const PickleDocument large =
      DocumentOf("\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.");
  EXPECT_EQ(large.root_node().kind, PickleKind::kLongInteger);
  EXPECT_THAT(large.root_node().text, SizeIs(10));
}

TEST(UnpicklerTest, ReadsContainersOfEveryKind) {
  const PickleDocument document = DocumentOf(absl::StrCat(
      "\x80\x04](NK\x01\x88)\x85", "K\x02K\x03\x86", "}", Text("a"), "K\x01s",
      "\x8F(K\x05\x90", "(K\x06\x91", "C\x02xye."));
  const PickleNode& root = document.root_node();
  ASSERT_EQ(root.kind, PickleKind::kList);
  std::vector<PickleKind> kinds;
  for (const PickleId id : root.items) kinds.push_back(document.nodes[id].kind);
  EXPECT_THAT(
      kinds,
      ElementsAre(PickleKind::kNone, PickleKind::kInteger, PickleKind::kBool,
                  PickleKind::kTuple, PickleKind::kTuple, PickleKind::kDict,
                  PickleKind::kSet, PickleKind::kSet, PickleKind::kBytes));
  const PickleNode& dict = document.nodes[root.items[5]];
  ASSERT_NE(FindMember(document, dict, "a"), nullptr);
  EXPECT_EQ(FindMember(document, dict, "a")->integer, 1);
  EXPECT_EQ(FindMember(document, dict, "b"), nullptr);
}

TEST(UnpicklerTest, SharesWhatTheMemoHolds) {
  const PickleDocument document =
      DocumentOf(absl::StrCat("\x80\x02](", Text("a"),
                              "q\x01h\x01h\x01"
                              "e."));
  const std::vector<PickleId>& items = document.root_node().items;
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(items[0], items[2]);
}

TEST(UnpicklerTest, AListMayContainItself) {
  const PickleDocument document = DocumentOf(
      "\x80\x02]q\x01h\x01"
      "a.");
  EXPECT_THAT(document.root_node().items, ElementsAre(document.root));
}

TEST(UnpicklerTest, TellsWhereThePickleEnds) {
  const auto unpickled = Parse("\x80\x02N.rest");
  ASSERT_THAT(unpickled, IsOk());
  EXPECT_EQ(unpickled->size_bytes, 4);
}

TEST(UnpicklerTest, NothingIsExecutedAndWhatWouldBeIsKept) {
  const PickleDocument document = DocumentOf(
      absl::StrCat("\x80\x02", Global("os", "system"), Text("true"), "\x85R."));
  const PickleNode& root = document.root_node();
  ASSERT_EQ(root.kind, PickleKind::kObject);
  EXPECT_EQ(document.nodes[root.items[kObjectClass]].text, "os.system");
  const PickleNode& arguments = document.nodes[root.items[kObjectArguments]];
  EXPECT_EQ(document.nodes[arguments.items[0]].text, "true");
  EXPECT_THAT(document.opaque, ElementsAre("os.system"));
}

TEST(UnpicklerTest, ObjectsKeepTheirStateAndContents) {
  const PickleDocument document =
      DocumentOf(absl::StrCat("\x80\x02", Global("a", "B"), ")\x81}", Text("x"),
                              "K\x07s", "b", Text("k"), "K\x08s."));
  const PickleNode& root = document.root_node();
  ASSERT_NE(FindMember(document, root, "x"), nullptr);
  EXPECT_EQ(FindMember(document, root, "x")->integer, 7);
  const PickleNode& contents = document.nodes[root.items[kObjectContents]];
  EXPECT_EQ(FindMember(document, contents, "k")->integer, 8);
}

TEST(UnpicklerTest, ReadsTensorsAsViewsOfStorages) {
  const PickleDocument document = DocumentOf(absl::StrCat(
      "\x80\x02", Tensor(Storage("FloatStorage", 24), 3, {2, 4}, {8, 2}), "."));
  EXPECT_EQ(document.root_node().kind, PickleKind::kTensor);
  ASSERT_THAT(document.tensors, SizeIs(1));
  const PickleTensor& tensor = document.tensors[0];
  EXPECT_EQ(tensor.type, ElementType::kFloat32);
  EXPECT_EQ(tensor.offset_elements, 3);
  EXPECT_THAT(tensor.shape, ElementsAre(2, 4));
  EXPECT_THAT(tensor.strides, ElementsAre(8, 2));
  EXPECT_EQ(document.storages[0].num_elements, 24);
  EXPECT_THAT(document.opaque, IsEmpty());
}

TEST(UnpicklerTest, UnderstandsTheFunctionsThatBuildContainers) {
  const auto root_of = [](const std::string& call) {
    return DocumentOf(absl::StrCat("\x80\x02", call, ".")).root_node();
  };
  const std::string pairs =
      absl::StrCat("]", Text("a"), "K\x01\x86", "a", "\x85R");
  EXPECT_EQ(root_of(Global("collections", "OrderedDict") + pairs).kind,
            PickleKind::kDict);
  EXPECT_THAT(root_of(Global("collections", "OrderedDict") + pairs).items,
              SizeIs(2));
  EXPECT_EQ(root_of(absl::StrCat(Global("collections", "defaultdict"),
                                 Global("builtins", "list"), "\x85R"))
                .kind,
            PickleKind::kDict);
  EXPECT_THAT(root_of(Global("__builtin__", "set") + "](K\x01K\x02"
                                                     "e\x85R")
                  .items,
              SizeIs(2));
  EXPECT_EQ(root_of(Global("torch", "Size") + "K\x01\x85\x85R").kind,
            PickleKind::kTuple);
}

TEST(UnpicklerTest, ATensorOfADerivedClassIsThatTensor) {
  const std::string arguments = absl::StrCat(
      "(", Storage("FloatStorage", 4), Integer(0), Tuple({4}), Tuple({1}), "t");
  const PickleDocument document = DocumentOf(
      absl::StrCat("\x80\x02", Global("torch._tensor", "_rebuild_from_type_v2"),
                   "(", Global("torch._utils", "_rebuild_tensor"),
                   Global("a", "MyTensor"), arguments, "}tR."));
  EXPECT_EQ(document.root_node().kind, PickleKind::kTensor);
  EXPECT_THAT(document.opaque, ElementsAre("a.MyTensor"));
}

TEST(UnpicklerTest, TypesWithoutAStorageClassComeFromUntypedStorages) {
  const std::string storage = absl::StrCat(
      "(", Text("storage"), Global("torch.storage", "UntypedStorage"),
      Text("0"), Text("cpu"), Integer(8), "tQ");
  const auto tensor = [&](std::int32_t size) {
    return absl::StrCat("\x80\x02",
                        Global("torch._utils", "_rebuild_tensor_v3"), "(",
                        storage, Integer(0), Tuple({size}), Tuple({1}), "\x89N",
                        Global("torch", "uint16"), "tR.");
  };
  const PickleDocument document = DocumentOf(tensor(4));
  ASSERT_THAT(document.tensors, SizeIs(1));
  EXPECT_EQ(document.tensors[0].type, ElementType::kUint16);
  EXPECT_THAT(Parse(tensor(5)),
              StatusIs(kInvalid, HasSubstr("reaches beyond the 4 elements")));
}

TEST(UnpicklerTest, BytesOfProtocol2AreDecoded) {
  const PickleDocument document =
      DocumentOf(absl::StrCat("\x80\x02", Global("_codecs", "encode"),
                              Text("\xC3\xBFz"), Text("latin1"), "\x86R."));
  EXPECT_EQ(document.root_node().kind, PickleKind::kBytes);
  EXPECT_EQ(document.root_node().text, "\xFFz");
}

TEST(UnpicklerTest, APickleCutOffAnywhereIsRefused) {
  const std::string pickle =
      absl::StrCat("\x80\x02}(", Text("w"),
                   Tensor(Storage("FloatStorage", 4), 0, {2, 2}, {2, 1}), "u.");
  ASSERT_THAT(Parse(pickle), IsOk());
  for (std::size_t size = 0; size < pickle.size(); ++size) {
    EXPECT_THAT(Parse(absl::string_view(pickle).substr(0, size)),
                StatusIs(kLoss, HasSubstr("cut off")));
  }
}

struct Defect {
  const char* name;
  std::string pickle;  // after the protocol
  absl::StatusCode code;
  const char* message;
};

std::vector<Defect> Defects() {
  const std::string floats = Storage("FloatStorage", 4);
  const std::string deep_dims = Tuple(std::vector<std::int32_t>(65, 1));
  const auto tensor_of = [](const std::string& arguments) {
    return absl::StrCat(Global("torch._utils", "_rebuild_tensor_v2"), "(",
                        arguments, "tR.");
  };
  return {
      {"UnknownOperation", "\xFF.", kInvalid, "byte 2: not an operation"},
      {"EmptyStack", ".", kInvalid, "(STOP): too few values on the stack"},
      {"LeftOver", "NN.", kInvalid, "1 values are left over"},
      {"MarkLeftOver", "(N.", kInvalid, "left over"},
      {"PopsBelowTheMark", "N(a.", kInvalid, "(APPEND): too few values"},
      {"NoMark", "Nt.", kInvalid, "(TUPLE): there is no mark"},
      {"EmptySlot", "h\x05.", kInvalid, "nothing was put into memo slot 5"},
      {"FarSlot", "Nr\xFF\xFF\xFF\x7F.", kInvalid,
       "memo slot 2147483647 in the first 8 bytes"},
      {"KeyWithoutValue", "}(Nu.", kInvalid, "a key lacks its value"},
      {"AppendsToANumber", "K\x01Na.", kInvalid,
       "adds to an integer as if to a list"},
      {"SetsItemsOfAList", "]NNs.", kInvalid, "as if to a dictionary"},
      {"StateOfANumber", "K\x01Nb.", kInvalid, "restores the state of"},
      {"CallsANumber", "K\x01)R.", kInvalid, "calls an integer"},
      {"ClassNamesAreNumbers", "K\x01K\x01\x93.", kInvalid,
       "the names of a class must be strings"},
      {"ClassNameTooLong", Global(std::string(513, 'a'), "b") + ".", kInvalid,
       "a class name of 514 bytes"},
      {"ClassNameNotUtf8", Global("\xFF", "b") + ".", kInvalid, "not UTF-8"},
      {"StringNotUtf8", Text("\xFF") + ".", kInvalid,
       "(BINUNICODE): the string \"\\xff\" is not UTF-8"},
      {"StringTooLong",
       "X\xFF\xFF\xFF\xFF"
       "abc.",
       kLoss, "(BINUNICODE): the pickle ends here"},
      {"BytesTooLong",
       "\x8E\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
       "abc.",
       kLoss, "(BINBYTES8): the pickle ends here"},
      {"LongOfNegativeSize", "\x8B\xFF\xFF\xFF\xFF.", kInvalid,
       "a negative size"},
      {"FrameTooLong", "\x95\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F.", kLoss,
       "(FRAME)"},
      {"OldProtocol", "\x80\x01.", kUnimplemented, "protocol 1, supported"},
      {"TextNumber", "I1\n.", kUnimplemented, "(INT)"},
      {"Extension", "\x82\x01.", kUnimplemented, "(EXT1)"},
      {"BufferOutside", "\x97.", kUnimplemented, "(NEXT_BUFFER)"},
      {"PersistentIdIsAString", Text("0") + "Q.", kInvalid,
       "the persistent id must be a tuple"},
      {"PersistentIdWithoutKey", absl::StrCat(Text("storage"), "N\x86Q."),
       kInvalid, "the persistent id is not"},
      {"StorageOfNegativeSize", Storage("FloatStorage", -1) + ".", kInvalid,
       "the persistent id is not"},
      {"UnknownStorage", Storage("StringStorage", 1) + ".", kUnimplemented,
       "storages of class torch.StringStorage"},
      {"StorageInTwoSizes",
       absl::StrCat("]", floats, "a", Storage("FloatStorage", 5), "a."),
       kInvalid, "storage \"0\" is 4 elements of torch.FloatStorage and 5"},
      {"StorageInTwoTypes",
       absl::StrCat("]", floats, "a", Storage("HalfStorage", 4), "a."),
       kInvalid, "and 4 of torch.HalfStorage at once"},
      {"TensorWithoutShape", tensor_of(floats), kInvalid,
       "torch._utils._rebuild_tensor_v2: has only 1 arguments"},
      {"TensorWithoutStorage", tensor_of("NNNN"), kInvalid,
       "needs a storage, found None"},
      {"ComplexTensor",
       Tensor(Storage("ComplexFloatStorage", 4), 0, {4}, {1}) + ".",
       kUnimplemented, "elements of torch.ComplexFloatStorage"},
      {"NegativeOffset", Tensor(floats, -1, {4}, {1}) + ".", kInvalid,
       "the offset must be an integer from 0"},
      {"NegativeSize", Tensor(floats, 0, {-4}, {1}) + ".", kInvalid,
       "the shape must be integers from 0, found -4"},
      {"NegativeStride", Tensor(floats, 3, {4}, {-1}) + ".", kInvalid,
       "the strides must be integers from 0, found -1"},
      {"ShapeIsNone", tensor_of(absl::StrCat(floats, Integer(0), "NN")),
       kInvalid, "the shape must be a tuple, found None"},
      {"TooManyDimensions",
       tensor_of(absl::StrCat(floats, Integer(0), deep_dims, deep_dims)),
       kInvalid, "has 65 dimensions, at most 64"},
      {"DerivedClassOfItself",
       absl::StrCat(Global("torch._tensor", "_rebuild_from_type_v2"),
                    "q\x01(h\x01N)NtR."),
       kInvalid, "calls itself"},
      {"FewerStrides", Tensor(floats, 0, {2, 2}, {1}) + ".", kInvalid,
       "the shape has 2 dimensions, the strides have 1"},
      {"BeyondTheStorage", Tensor(floats, 1, {2, 2}, {2, 1}) + ".", kInvalid,
       "(2, 2) with strides (2, 1) from 1 reaches beyond the 4 elements"},
      {"StridesOverflow",
       Tensor(floats, 0, {2147483647, 2147483647, 3},
              {2147483647, 2147483647, 2147483647}) +
           ".",
       kInvalid, "reaches beyond the 4 elements"},
      {"SizesOverflowBesideAZero",
       Tensor(floats, 0, {0, 2147483647, 2147483647, 2147483647},
              {1, 1, 1, 1}) +
           ".",
       kInvalid, "reaches beyond the 4 elements"},
      {"RepeatedTooOften", Tensor(floats, 0, {1 << 25}, {0}) + ".", kExhausted,
       "repeats the 4 elements of its storage too often"},
  };
}

class DefectTest : public testing::TestWithParam<Defect> {};

TEST_P(DefectTest, IsRefusedWithItsOwnMessage) {
  EXPECT_THAT(Parse(absl::StrCat("\x80\x02", GetParam().pickle)),
              StatusIs(GetParam().code, AllOf(StartsWith("a.pkl: byte "),
                                              HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(UnpicklerTest, DefectTest,
                         testing::ValuesIn(Defects()), [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(HostilePickleTest, NestingAsDeepAsTheFileIsLongIsFine) {
  const std::size_t depth = 1'000'000;
  std::string pickle = "\x80\x02)";
  for (std::size_t i = 0; i < depth; ++i) pickle += "\x85";
  EXPECT_THAT(Parse(pickle + "."), IsOk());
}

TEST(HostilePickleTest, MoreValuesThanTheLimitAreRefused) {
  std::string pickle = "\x80\x02(";
  pickle += std::string(4'000'001, ']');
  EXPECT_THAT(Parse(pickle + "t."),
              StatusIs(kExhausted, HasSubstr("more than 4000000 values")));
}

TEST(HostilePickleTest, CopyingOnePartAgainAndAgainIsRefused) {
  // A list of 1,000 elements, of which sets are made in five bytes each.
  std::string pickle =
      absl::StrCat("\x80\x02(](", std::string(1000, 'N'), "e\x85q\x01",
                   Global("builtins", "set"), "q\x02");
  for (int i = 0; i < 1000; ++i) pickle += "h\x02h\x01R";
  EXPECT_THAT(Parse(pickle + "t."),
              StatusIs(kExhausted, HasSubstr("grow without bounds")));
}

TEST(HostilePickleTest, MoreClassesThanTheLimitAreRefused) {
  std::string pickle = "\x80\x02(";
  for (int i = 0; i < 10'001; ++i) pickle += Global("a", absl::StrCat(i));
  EXPECT_THAT(Parse(pickle + "t."),
              StatusIs(kExhausted, HasSubstr("more than 10000 classes")));
}

}  // namespace
}  // namespace culturemert
