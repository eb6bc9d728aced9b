using System.Text;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Stored releases.</summary>
internal static class ReleaseTarget
{
    private const string Text =
        """{"id":"a/b|pipe|0123456789abcdef|q|1001709251200000|3600000","account":"a/b","pipeline":"pipe","plan_hash":"0123456789abcdef","query":"q","window":{"start":"2024-03-01T00:00:00.000Z","end":"2024-03-01T01:00:00.000Z"},"aggregate":"sum(bytes)","mechanism":"discrete-laplace(scale=20)","group_by":["path"],"confidence":0.95,"groups":[{"key":["/a?b=\"1\"&c=é"],"value":-3,"low":-4.50,"high":79228162514264337593543950335}],"receipt":{"period_start":"2024-03-01T00:00:00.000Z","composition_group":"g","max_windows":3,"cost":{"measure":"pure","nano_epsilon":5},"charged":{"measure":"approximate","nano_epsilon":5,"atto_delta":0},"spent_in_period":{"measure":"approximate","nano_epsilon":9223372036854775807,"atto_delta":7},"left_in_period":{"measure":"zero-concentrated","nano_rho":0},"ledger_version":2,"stored_at":"2024-03-01T12:00:00.007Z"}}""";

    /// <summary>A sound one.</summary>
    /// <returns>Its JSON.</returns>
    public static byte[] Sample() => Encoding.UTF8.GetBytes(Text);
}
