#include "models/weights/pickle_flatten.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/pickle_document.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// Documents put together by hand.
class Builder {
 public:
  Builder() { Add(PickleKind::kNone); }

  PickleId Add(PickleKind kind, std::vector<PickleId> items = {}) {
    PickleNode node;
    node.kind = kind;
    node.items = std::move(items);
    document.nodes.push_back(std::move(node));
    document.root = static_cast<PickleId>(document.nodes.size() - 1);
    return document.root;
  }
  PickleId Text(const std::string& text) {
    const PickleId id = Add(PickleKind::kString);
    document.nodes[id].text = text;
    return id;
  }
  PickleId Integer(std::int64_t value) {
    const PickleId id = Add(PickleKind::kInteger);
    document.nodes[id].integer = value;
    return id;
  }
  PickleId Tensor() {
    const PickleId id = Add(PickleKind::kTensor);
    document.nodes[id].integer =
        static_cast<std::int64_t>(document.tensors.size());
    document.tensors.emplace_back();
    return id;
  }
  PickleId Dict(std::vector<PickleId> items) {
    return Add(PickleKind::kDict, std::move(items));
  }
  PickleId List(std::vector<PickleId> items) {
    return Add(PickleKind::kList, std::move(items));
  }
  PickleId Object(PickleId state, PickleId contents = 0) {
    return Add(PickleKind::kObject, {0, 0, state, contents});
  }

  PickleDocument document;
};

TEST(FlattenPickleTest, JoinsKeysAndIndices) {
  Builder b;
  const PickleId inner = b.Dict({b.Text("weight"), b.Tensor()});
  const PickleId state =
      b.Dict({b.Integer(0), b.Tensor(), b.List({}), b.Tensor()});
  b.Dict({b.Text("model"), inner, b.Text("list"),
          b.List({b.Tensor(), b.Integer(1), b.Tensor()}), b.Text("state"),
          state});
  const auto flat = FlattenPickle(b.document);
  ASSERT_THAT(flat, IsOk());
  EXPECT_THAT(
      flat->tensors,
      ElementsAre(Pair("list.0", 3), Pair("list.2", 4), Pair("model.weight", 0),
                  Pair("state.0", 1), Pair("state.[1]", 2)));
}

TEST(FlattenPickleTest, ATensorAloneHasNoName) {
  Builder b;
  b.Tensor();
  const auto flat = FlattenPickle(b.document);
  ASSERT_THAT(flat, IsOk());
  EXPECT_THAT(flat->tensors, ElementsAre(Pair("", 0)));
}

TEST(FlattenPickleTest, EntersAttributesAndContentsOfObjects) {
  Builder b;
  const PickleId symbols = b.List({b.Text("<s>"), b.Text("é")});
  const PickleId state = b.Dict({b.Text("symbols"), symbols});
  const PickleId contents = b.Dict({b.Text("w"), b.Tensor()});
  b.Dict({b.Text("dictionary"), b.Object(state, contents)});
  const auto flat = FlattenPickle(b.document);
  ASSERT_THAT(flat, IsOk());
  EXPECT_THAT(flat->tensors, ElementsAre(Pair("dictionary.w", 0)));
  EXPECT_THAT(flat->string_lists,
              ElementsAre(Pair("dictionary.symbols", ElementsAre("<s>", "é"))));
}

TEST(FlattenPickleTest, ListsThatAreEmptyOrMixedAreNoStringLists) {
  Builder b;
  b.List({b.List({}), b.List({b.Text("a"), b.Integer(1)})});
  const auto flat = FlattenPickle(b.document);
  ASSERT_THAT(flat, IsOk());
  EXPECT_THAT(flat->string_lists, IsEmpty());
}

TEST(FlattenPickleTest, WhatContainsItselfIsEnteredOnce) {
  Builder b;
  const PickleId tensor = b.Tensor();
  const PickleId list = b.List({tensor});
  b.document.nodes[list].items.push_back(list);
  const auto flat = FlattenPickle(b.document);
  ASSERT_THAT(flat, IsOk());
  EXPECT_THAT(flat->tensors, ElementsAre(Pair("0", 0)));
}

TEST(FlattenPickleTest, OneNameForTwoTensorsIsRefused) {
  Builder b;
  const PickleId inner = b.Dict({b.Text("b"), b.Tensor()});
  b.Dict({b.Text("a.b"), b.Tensor(), b.Text("a"), inner});
  EXPECT_THAT(FlattenPickle(b.document),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("two tensors have the name \"a.b\"")));
}

TEST(FlattenPickleTest, PartsUsedOverAndOverAreRefused) {
  Builder b;
  PickleId part = b.List({b.Tensor(), b.Tensor()});
  for (int i = 0; i < 40; ++i) part = b.List({part, part});
  EXPECT_THAT(FlattenPickle(b.document),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("grow without bounds")));
}

TEST(FlattenPickleTest, DeepNestingAndLongNamesAreRefused) {
  Builder deep;
  PickleId part = deep.List({deep.Tensor()});
  for (int i = 0; i < 200; ++i) part = deep.List({part});
  EXPECT_THAT(FlattenPickle(deep.document),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("nested deeper than 128 levels")));
  Builder wide;
  wide.Dict({wide.Text(std::string(5000, 'a')), wide.Tensor()});
  EXPECT_THAT(FlattenPickle(wide.document),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("is longer than 4096 bytes")));
}

}  // namespace
}  // namespace culturemert
