using AkkaPrivacy.Connectors.ConsoleTable;
using AkkaPrivacy.Connectors.Csv;
using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Connectors.Parquet;
using AkkaPrivacy.Connectors.Postgres;
using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Connectors.Webhook;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Makes the sinks that options describe.</summary>
internal static class SinkFactory
{
    /// <summary>Whether a sink writes to standard output.</summary>
    /// <param name="sink">Its options.</param>
    /// <returns>True when it does.</returns>
    public static bool IsOutput(SinkOptions sink) =>
        sink.Type == SinkType.Console || (sink.Type is SinkType.JsonLines or SinkType.Csv && sink.Path == "-");

    /// <summary>Makes a sink; nothing is opened by it.</summary>
    /// <param name="sink">Its options.</param>
    /// <param name="store">The store.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="SecretException">A secret cannot be read or used.</exception>
    public static IReleaseSink Create(SinkOptions sink, StoreOptions store, TextWriter output, TimeProvider time) => sink.Type switch
    {
        SinkType.SqliteTable => new SqliteTableSink(new SqliteTableOptions
        {
            Path = sink.Path,
            Table = sink.Table,
            Name = sink.Name,
            BusyTimeout = store.BusyTimeout,
        }),
        SinkType.JsonLines => JsonLinesSink.To(sink.Path, sink.Name),
        SinkType.Parquet => new ParquetSink(sink.Path, sink.Name),
        SinkType.Csv => CsvSink.To(sink.Path, sink.Name),
        SinkType.PostgresTable => new PostgresTableSink(
            new PostgresTableOptions
            {
                Connection = sink.Postgres!.Connection,
                Password = Secret.ReadText(sink.Postgres.Password),
                Schema = sink.Postgres.Schema,
                Table = sink.Table,
                Name = sink.Name,
                Patience = sink.Patience,
            },
            time),
        SinkType.Webhook => Webhook(sink, sink.Webhook!, time),
        _ => new ConsoleSink(output, sink.Name),
    };

    private static WebhookSink Webhook(SinkOptions sink, WebhookReceiverOptions receiver, TimeProvider time)
    {
        try
        {
            return new WebhookSink(
                new WebhookOptions
                {
                    Url = receiver.Url,
                    Secret = Secret.Read(receiver.Secret),
                    Token = Secret.ReadText(receiver.Token),
                    Timeout = receiver.Timeout,
                    Patience = sink.Patience,
                    Name = sink.Name,
                },
                time);
        }
        catch (ArgumentException mistake)
        {
            // All but the secrets was checked with the configuration.
            throw new SecretException($"pipeline.sinks.{sink.Name}: {mistake.Message}");
        }
    }
}
