using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Storage.Postgres;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>A mistake on the command line of <c>ledger</c>.</summary>
/// <param name="message">What is wrong and what is allowed.</param>
internal sealed class LedgerUsageException(string message) : Exception(message);

/// <summary>How every command of <c>ledger</c> finds its store: by a pipeline's file, or by itself.</summary>
internal sealed class LedgerArguments
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    private readonly Argument<string?> _file = new("FILE.conf") { Description = "A pipeline, whose store and account are taken.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string[]> _set = new("--set") { Description = "Set a key above the file; the value is HOCON. Repeatable.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _database = new("--db") { Description = "The store is this SQLite file.", HelpName = "FILE" };
    private readonly Option<string?> _postgres = new("--postgres") { Description = "The store is in this PostgreSQL database: \"Host=db;Database=stats;Username=akkaprivacy\", without a password.", HelpName = "CONNECTION" };
    private readonly Option<string> _schema = new("--schema") { Description = "The schema of --postgres.", HelpName = "NAME", DefaultValueFactory = _ => "akkaprivacy" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "The file that holds the password of --postgres.", HelpName = "FILE" };
    private readonly Option<string?> _passwordVariable = new("--password-env") { Description = "The environment variable that holds the password of --postgres.", HelpName = "NAME" };
    private readonly Option<bool> _json = new("--json") { Description = "Print exactly one JSON object to standard output." };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_set);
        command.Add(_database);
        command.Add(_postgres);
        command.Add(_schema);
        command.Add(_passwordFile);
        command.Add(_passwordVariable);
        command.Add(_json);
    }

    /// <summary>Whether output is for programs.</summary>
    /// <param name="parsed">The command line.</param>
    public bool AsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether anything names a store.</summary>
    /// <param name="parsed">The command line.</param>
    public bool NamesStore(ParseResult parsed) => parsed.GetValue(_file) is not null || parsed.GetValue(_database) is not null || parsed.GetValue(_postgres) is not null;

    /// <summary>Finds the store.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The store, and the pipeline where a file names one.</returns>
    /// <exception cref="LedgerUsageException">No store is named, or two are.</exception>
    /// <exception cref="ConfigurationException">The file has mistakes.</exception>
    public (StoreOptions Store, PipelineConfiguration? Pipeline) Read(ParseResult parsed)
    {
        var (file, database, postgres) = (parsed.GetValue(_file), parsed.GetValue(_database), parsed.GetValue(_postgres));
        if (database is not null && postgres is not null)
        {
            throw new LedgerUsageException("--db and --postgres name two stores; allowed is one of them.");
        }

        if (file is not null && IsDatabase(file))
        {
            throw new LedgerUsageException($"'{file}' is a SQLite file, not a pipeline's configuration. Name it with --db.");
        }

        var pipeline = file is null ? null : ConfigurationLoader.Load(new ConfigurationRequest { File = file, Set = parsed.GetValue(_set) ?? [], Store = database });
        if (postgres is not null)
        {
            return (Server(parsed, postgres), pipeline);
        }

        if (pipeline is { Options.Store: var configured })
        {
            return database is not null && configured.Postgres is not null
                ? throw new LedgerUsageException($"--db names a file, and the store of {file} is on a PostgreSQL server. Leave out --db, or add --set pipeline.store.type=sqlite.")
                : (configured with { Create = false }, pipeline);
        }

        return database is not null
            ? (new StoreOptions(database, BusyTimeout) { Create = false }, null)
            : throw new LedgerUsageException("No store is named. Give a pipeline's FILE.conf, --db FILE or --postgres CONNECTION.");
    }

    private static bool IsDatabase(string path)
    {
        var magic = "SQLite format 3\0"u8;
        Span<byte> start = stackalloc byte[16];
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(magic);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it as a configuration says what is wrong.
            return false;
        }
    }

    private StoreOptions Server(ParseResult parsed, string connection)
    {
        var schema = parsed.GetValue(_schema)!;
        if (!PostgresStoreOptions.IsConnection(connection) || !PostgresStoreOptions.IsSchema(schema))
        {
            // Without the value, which may hold a password.
            throw new LedgerUsageException("--postgres or --schema cannot be understood; allowed is a connection such as \"Host=db;Database=stats;Username=akkaprivacy\" and the name of a schema.");
        }

        var (file, variable) = (parsed.GetValue(_passwordFile), parsed.GetValue(_passwordVariable));
        var password = file is null && variable is null ? null : new SecretPlace(file is null ? "--password-env" : "--password-file", file, file is null ? variable : null);
        return new StoreOptions("store.db", BusyTimeout) { Create = false, Postgres = new PostgresServerOptions(connection, password, schema) };
    }
}
