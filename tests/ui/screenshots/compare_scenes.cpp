// SPDX-License-Identifier: Apache-2.0
#include "ui/screenshots/compare_scenes.h"

#include "support/written_checkpoint.h"
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/document/compare_session.h"
#include "ui/jobs/job_list.h"
#include "ui/screenshots/compared_models.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/drop_overlay.h"
#include "ui/shell/main_window.h"
#include "ui/views/compare_detail.h"
#include "ui/views/compare_view.h"
#include "ui/views/parts/table.h"

#include <QTest>

namespace shardlens::test {

using namespace shardlens::ui;

namespace {

template <typename Condition>
void until(Condition condition) {
    if (!QTest::qWaitFor(condition, 60000))
        qFatal("waited in vain");
}

void openIn(MainWindow& window, const QString& path) {
    window.open(path);
    until([&] { return !window.document()->isOpening(); });
    QTest::qWait(300);
}

void compared(MainWindow& window) {
    until([&] { return window.comparison()->result() && window.comparison()->rows(); });
    QTest::qWait(100);
}

/// A training step of tensors without much in them.
QString writeTraining(const QString& folder) {
    SafetensorsFile file;
    for (int layer = 0; layer < 8; ++layer)
        for (const char* part : {"self_attn.q_proj", "mlp.up_proj", "mlp.down_proj"}) {
            const QString name = QStringLiteral("layers.%1.%2.weight").arg(layer).arg(QLatin1String(part));
            file.add(QStringLiteral("model.") + name, {256, 64});
            file.add(QStringLiteral("optim.state.%1.exp_avg").arg(name), {256, 64});
            file.add(QStringLiteral("optim.state.%1.exp_avg_sq").arg(name), {256, 64});
        }
    file.add(QStringLiteral("train_state.step"), {1});
    const QString path = folder + QStringLiteral("/training.safetensors");
    if (!file.write(path))
        qFatal("the training step was not written");
    return path;
}

} // namespace

void shootComparison(MainWindow& window, const QString& folder,
                     const std::function<void(QWidget*, const char*)>& save) {
    const QString a = folder + QStringLiteral("/step-22000"), b = folder + QStringLiteral("/llama-small-hf");
    if (!writeComparedModels(a, b))
        qFatal("the compared models were not written");
    openIn(window, a);
    window.resize(1390, 868);
    window.drops()->overlay()->appear(
        offerFor(recogniseDropped({b.toStdString()}, {}), QStringLiteral("step-22000")));
    window.drops()->overlay()->pointAt(window.drops()->overlay()->targetRect(2).center().toPoint());
    QTest::qWait(300);
    save(&window, "drop-compare");
    window.drops()->overlay()->vanish();
    window.compareWith(b);
    compared(window);
    auto* view = window.compareView();
    const auto select = [view](const char* end) {
        for (int row = 0; row < view->model()->rowCount(); ++row)
            if (view->model()->index(row, 0).data().toString().endsWith(QLatin1String(end)))
                return view->table()->setCurrentIndex(view->model()->index(row, 0));
    };
    select("model.norm.weight");
    save(&window, "compare-rename");
    select("mlp.down_proj.weight");
    until([&] { return view->detail()->detail() != nullptr; });
    save(&window, "compare");
    window.resize(1280, 720);
    save(&window, "compare-1280x720");
    window.compareWith(a);
    compared(window);
    save(&window, "compare-same");
    window.leaveComparison();

    const QString training = writeTraining(folder);
    openIn(window, training);
    window.consolidate({}, folder);
    auto* dialog = window.findChild<ConsolidateDialog*>();
    until([&] { return dialog->isSettled(); });
    save(dialog, "consolidate-offer");
    dialog->start();
    until([&] { return window.findChild<ConsolidateDialog*>() == nullptr; });
    QTest::qWait(300);
    save(&window, "jobs-report");
}

} // namespace shardlens::test
