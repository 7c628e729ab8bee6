// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_runner.h"
#include "ui/shell/services.h"

#include <QByteArray>
#include <QObject>

#include <functional>
#include <optional>

class QWidget;

namespace shardlens::ui {

/// Writes a plan as JSON where the user says, in a worker.
class PlanSaver : public QObject {
    Q_OBJECT

public:
    PlanSaver(const Services& services, QObject* parent) : QObject(parent), m_services(services) {}

    /// Asks for the file. `json` runs in a worker and captures values only.
    void save(QWidget* window, std::function<QByteArray()> json);

private:
    void write(QWidget* window, const QString& file, std::function<QByteArray()> json);

    Services m_services;
    std::optional<JobHandle<QString>> m_saving;
};

} // namespace shardlens::ui
