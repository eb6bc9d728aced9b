using System.ComponentModel;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;

/// <summary>A test that needs network namespaces: root, and iproute2. Elsewhere it is reported as skipped, with why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(Find);

    public NetworkFactAttribute() => Skip = Obstacle.Value;

    private static string? Find()
    {
        if (Posix.User() != 0)
        {
            return "NOT RUN: network namespaces need root";
        }

        var probe = $"akp{Environment.ProcessId}-probe";
        try
        {
            var (code, error) = NetworkLab.Run("ip", $"netns add {probe}");
            if (code != 0)
            {
                return $"NOT RUN: network namespaces are not permitted here ({error.Trim()})";
            }

            var (linked, why) = NetworkLab.Run("ip", $"-n {probe} link add between type bridge");
            NetworkLab.Run("ip", $"netns del {probe}");
            return linked == 0 ? null : $"NOT RUN: bridges are not permitted here ({why.Trim()})";
        }
        catch (Win32Exception)
        {
            return "NOT RUN: the program 'ip' is not there (package iproute2)";
        }
    }
}
