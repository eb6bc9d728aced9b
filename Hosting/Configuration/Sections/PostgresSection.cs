using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads how a PostgreSQL server is reached: <c>connection</c>, <c>password-file</c> or <c>password-env</c>,
/// <c>schema</c>.</summary>
internal static partial class PostgresSection
{
    private static readonly Rule<string> Schema = Rules.Text(
        SchemaPattern(), "a schema name: 1 to 63 characters of a-z A-Z 0-9 _, not beginning with a digit");

    private static readonly Rule<string> Connection = Rules.Text(
        ConnectionPattern(), "a connection such as \"Host=db;Database=stats;Username=akkaprivacy\", without a password");

    /// <summary>Reads the keys.</summary>
    /// <param name="section">The section that holds them.</param>
    /// <param name="schema">The schema's default.</param>
    /// <param name="required">Whether the connection must be there.</param>
    /// <returns>How to reach the server.</returns>
    public static PostgresServerOptions Read(Section section, string schema, bool required) =>
        new(ReadConnection(section, required), SecretSection.Read(section, "password"), section.Get("schema", Schema, schema));

    private static string ReadConnection(Section section, bool required)
    {
        var connection = required ? section.Require("connection", Connection, "Host=localhost")
            : section.TryGet("connection", Connection, out var written) ? written : string.Empty;
        if (PasswordPattern().IsMatch(connection))
        {
            // Without the value, which errors would show.
            section.Error("connection", "found a password; allowed is a connection without one, and password-file or password-env beside it");
        }

        return connection;
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex SchemaPattern();

    [GeneratedRegex(@"\A[^;=]+=.*\z", RegexOptions.Singleline)]
    private static partial Regex ConnectionPattern();

    [GeneratedRegex(@"(?<=\A|;)\s*(password|psw|pwd)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordPattern();
}
