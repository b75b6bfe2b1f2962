#include "models/weights/dialects.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Dialect& Named(absl::Span<const Dialect> dialects,
                     absl::string_view name) {
  for (const Dialect& dialect : dialects) {
    if (dialect.name == name) return dialect;
  }
  ADD_FAILURE() << "no dialect " << name;
  return dialects[0];
}

struct NamePair {
  const char* theirs;
  const char* ours;  // nullptr: left out
};

void ExpectNames(const Dialect& dialect, const std::vector<NamePair>& pairs) {
  const NameMap map(dialect.rules);
  for (const NamePair& pair : pairs) {
    const MappedName mapped = map.Map(pair.theirs);
    if (pair.ours == nullptr) {
      EXPECT_EQ(mapped.kind, MappedName::Kind::kIgnored) << pair.theirs;
    } else {
      EXPECT_EQ(mapped.kind, MappedName::Kind::kRenamed) << pair.theirs;
      EXPECT_EQ(mapped.name, pair.ours) << pair.theirs;
    }
  }
}

TEST(DialectsTest, FairseqsNamesBecomeHuggingFaces) {
  ExpectNames(
      Named(MertDialects(), "fairseq"),
      {{"model.mask_emb", "masked_spec_embed"},
       {"mask_emb", "masked_spec_embed"},
       {"model.feature_extractor.conv_layers.0.0.weight",
        "feature_extractor.conv_layers.0.conv.weight"},
       {"model.feature_extractor.conv_layers.0.2.bias",
        "feature_extractor.conv_layers.0.layer_norm.bias"},
       {"model.feature_extractor.conv_layers.3.2.1.weight",
        "feature_extractor.conv_layers.3.layer_norm.weight"},
       {"model.layer_norm.weight", "feature_projection.layer_norm.weight"},
       {"model.post_extract_proj.bias", "feature_projection.projection.bias"},
       {"model.encoder.pos_conv.0.weight_g",
        "encoder.pos_conv_embed.conv.weight_g"},
       {"model.encoder.pos_conv.0.parametrizations.weight.original1",
        "encoder.pos_conv_embed.conv.weight_v"},
       {"model.encoder.layer_norm.bias", "encoder.layer_norm.bias"},
       {"model.encoder.layers.11.self_attn.q_proj.weight",
        "encoder.layers.11.attention.q_proj.weight"},
       {"model.encoder.layers.0.self_attn.out_proj.bias",
        "encoder.layers.0.attention.out_proj.bias"},
       {"model.encoder.layers.0.self_attn_layer_norm.weight",
        "encoder.layers.0.layer_norm.weight"},
       {"model.encoder.layers.0.fc1.weight",
        "encoder.layers.0.feed_forward.intermediate_dense.weight"},
       {"model.encoder.layers.0.fc2.bias",
        "encoder.layers.0.feed_forward.output_dense.bias"},
       {"model.encoder.layers.0.final_layer_norm.weight",
        "encoder.layers.0.final_layer_norm.weight"},
       {"model.final_proj.weight", "final_proj.weight"},
       {"model.label_embs_concat", "label_embs_concat"},
       {"model.encoder_cqt_model.fc.bias", "encoder_cqt_model.fc.bias"},
       {"model.encoder_cqt_model.spec_layer.lenghts", nullptr},
       {"model.encoder_cqt_model.spec_layer.cqt_kernels_real", nullptr},
       {"model.encoder_cqt_model.spec_layer.cqt_kernels_imag", nullptr},
       {"last_optimizer_state.state.0.exp_avg", nullptr}});
}

TEST(DialectsTest, WhatFairseqNeverHadIsUnknown) {
  const NameMap map(Named(MertDialects(), "fairseq").rules);
  for (const char* name :
       {"model.logit_temp_list", "model.encoder.layers.0.fc3.weight",
        "model.encoder.layers.x.fc1.weight", "model.target_glu.0.weight",
        "model.encoder_cqt_model.spec_layer.weight"}) {
    EXPECT_EQ(map.Map(name).kind, MappedName::Kind::kUnknown) << name;
  }
}

TEST(DialectsTest, BothSpellingsOfWeightNormAreOne) {
  const std::string conv = "encoder.pos_conv_embed.conv.";
  ExpectNames(Named(MertDialects(), "huggingface"),
              {{"encoder.pos_conv_embed.conv.weight_g",
                "encoder.pos_conv_embed.conv.weight_g"},
               {"encoder.pos_conv_embed.conv.parametrizations.weight.original0",
                "encoder.pos_conv_embed.conv.weight_g"},
               {"encoder.pos_conv_embed.conv.parametrizations.weight.original1",
                "encoder.pos_conv_embed.conv.weight_v"}});
}

TEST(DialectsTest, AnEncoderInsideOfALargerModelIsFound) {
  ExpectNames(Named(MertDialects(), "huggingface"),
              {{"hubert.encoder.layer_norm.bias", "encoder.layer_norm.bias"},
               {"mert_model.masked_spec_embed", "masked_spec_embed"},
               {"lm_head.weight", nullptr},
               {"projector.bias", nullptr},
               {"layer_weights", nullptr}});
}

TEST(DialectsTest, EncodecsNamesBecomeHuggingFaces) {
  ExpectNames(
      Named(EncodecDialects(), "encodec"),
      {{"encoder.model.0.conv.conv.weight_g", "encoder.layers.0.conv.weight_g"},
       {"encoder.model.4.block.3.conv.conv.bias",
        "encoder.layers.4.block.3.conv.bias"},
       {"encoder.model.4.shortcut.conv.conv.weight_v",
        "encoder.layers.4.shortcut.conv.weight_v"},
       {"encoder.model.13.lstm.weight_ih_l1",
        "encoder.layers.13.lstm.weight_ih_l1"},
       {"quantizer.vq.layers.31._codebook.embed",
        "quantizer.layers.31.codebook.embed"},
       {"decoder.model.0.conv.conv.bias", nullptr}});
  ExpectNames(Named(EncodecDialects(), "huggingface"),
              {{"encoder.layers.0.conv.parametrizations.weight.original0",
                "encoder.layers.0.conv.weight_g"},
               {"encoder.layers.13.lstm.bias_hh_l0",
                "encoder.layers.13.lstm.bias_hh_l0"},
               {"quantizer.layers.0.codebook.cluster_size", nullptr},
               {"decoder.layers.0.conv.bias", nullptr}});
}

TEST(DialectsTest, TheDialectIsToldByTheNamesAlone) {
  const std::vector<std::string> fairseq = {
      "model.mask_emb", "model.encoder.layers.0.self_attn.q_proj.weight"};
  const std::vector<std::string> hugging_face = {
      "masked_spec_embed", "hubert.encoder.layers.0.attention.q_proj.weight"};
  absl::StatusOr<const Dialect*> dialect =
      SniffDialect(MertDialects(), fairseq);
  ASSERT_THAT(dialect, IsOk());
  EXPECT_STREQ((*dialect)->name, "fairseq");
  dialect = SniffDialect(MertDialects(), hugging_face);
  ASSERT_THAT(dialect, IsOk());
  EXPECT_STREQ((*dialect)->name, "huggingface");
}

TEST(DialectsTest, ATensorFileOfAnotherModelIsRefusedWithItsNames) {
  const std::vector<std::string> bert = {"bert.embeddings.weight",
                                         "bert.pooler.dense.bias"};
  EXPECT_THAT(SniffDialect(MertDialects(), bert),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("its 2 tensors are of no known model"),
                             HasSubstr("a fairseq MERT"),
                             HasSubstr("\"bert.embeddings.weight\""))));
  EXPECT_THAT(
      SniffDialect(EncodecDialects(), {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("its 0 tensors")));
}

}  // namespace
}  // namespace culturemert
