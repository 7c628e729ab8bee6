// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;

namespace shardlens::ui {

/// The call of the command line that does the same, with a link that copies it.
class CommandBox : public QWidget {
    Q_OBJECT
    Q_PROPERTY(QString command READ command)

public:
    explicit CommandBox(QWidget* parent = nullptr);
    void setCommand(const QString& command);
    QString command() const { return m_command; }
    void copy() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_command;
    QLabel* m_label;
};

} // namespace shardlens::ui
